/* SPDX-License-Identifier: MIT */
/* Making events: the one way in which run/ says anything.  Any thread. */
#ifndef CIRRUS_RUN_TELL_H
#define CIRRUS_RUN_TELL_H

#include "base/error.h"
#include "base/queue.h"
#include "model/event.h"
#include "run/mask.h"

struct teller {
	struct queue *events;
	struct secrets *secrets; /* no text leaves with one in it */
};

/* text may be followed by a hint; task and step may be -1. */
void tell_message(const struct teller *t, int64_t task, int step,
		  enum event_level level, const char *hint, const char *fmt,
		  ...) PRINTF_LIKE(6, 7);
/* An error as a message of level error. */
void tell_error(const struct teller *t, int64_t task, int step,
		const struct error *err);
/* New bytes in a step's log; joins what waits already for the same step. */
void tell_output(const struct teller *t, int64_t task, int step, int64_t offset,
		 int64_t length);
/* The latest state of an item; joins likewise, so that no reporter is ever
 * more than one state behind. */
void tell_progress(const struct teller *t, int64_t task, int step,
		   const char *item, const char *what, int64_t done,
		   int64_t total);
void tell(const struct teller *t, struct event *e);

#endif
