/* SPDX-License-Identifier: MIT */
/* A run told once more, from its record: all of it, or, of a run that goes on,
 * each time what is new. */
#ifndef CIRRUS_REPORT_REPLAY_H
#define CIRRUS_REPORT_REPLAY_H

#include "base/queue.h"
#include "report/view.h"

/* What was told of a step, and under which number. */
struct replayed_step {
	bool begun, ended;
	int number;
	int64_t bytes;
	size_t n_annotations;
	char *note, *error;
};
VEC_DEFINE(replayed_steps, struct replayed_step);

struct replayed_task {
	bool begun, ended;
	int n_steps;
	struct replayed_steps steps;
};
VEC_DEFINE(replayed_tasks, struct replayed_task);

struct replay {
	/* What is told; a task of which no step is wanted is left out unless it
	 * has none.  NULL: all of it. */
	bool (*wanted)(void *ctx, const struct task_view *t,
		       const struct step_view *s);
	void *ctx;
	/* Background scripts go on beside others; else all is told one after the
	 * other, whatever went on at the same time. */
	bool live;
	struct replayed_tasks told; /* as v's tasks; empty at first */
};

/* Puts into the queue what v has and was not told before; paths of logs stay
 * v's.  Each v is a later record of the same run. */
void replay(struct replay *r, const struct view *v, struct queue *to);
void replay_clear(struct replay *r);

#endif
