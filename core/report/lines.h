/* SPDX-License-Identifier: MIT */
/* The order in which a format of lines tells what happens at the same time.
 *
 * One task is in the foreground and is told as it goes; what the others do is
 * kept (events only, their output lies in files) and told whole, in the order
 * in which they finish, as soon as the foreground is free.  Within a task the
 * same holds for background scripts.  So groups nest, but never interleave. */
#ifndef CIRRUS_REPORT_LINES_H
#define CIRRUS_REPORT_LINES_H

#include <stdbool.h>

#include "base/vec.h"
#include "model/event.h"

VEC_DEFINE(event_list, struct event *);

/* A task, or a background script of the task in front. */
struct lane {
	int64_t task;
	int step; /* -1: the task */
	bool finished;
	struct event_list waiting;
};

VEC_DEFINE(lane_list, struct lane *);

struct lines {
	/* Tells one event; the order of its calls is what all this is about. */
	void (*tell)(void *ctx, const struct event *e);
	void *ctx;
	/* Nobody is in the foreground; whom `wanted` refuses is never told. */
	bool whole;
	bool (*wanted)(const struct event *task_finished);

	struct lane *front;
	struct lane_list tasks;      /* not in front, in order of starts */
	struct lane_list background; /* scripts of the task in front */
	int open_step;               /* of the task in front, or -1 */
};

void lines_init(struct lines *l, void (*tell)(void *, const struct event *),
		void *ctx);
/* Takes the event over. */
void lines_event(struct lines *l, struct event *e);
/* Frees what was never told. */
void lines_clear(struct lines *l);

#endif
