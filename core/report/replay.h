/* SPDX-License-Identifier: MIT */
/* A run that is over, told once more: its record as the events it had. */
#ifndef CIRRUS_REPORT_REPLAY_H
#define CIRRUS_REPORT_REPLAY_H

#include "base/queue.h"
#include "report/view.h"

struct replay {
	/* What is told; a task of which no step is wanted is left out unless it
	 * has none.  NULL: all of it. */
	bool (*wanted)(void *ctx, const struct task_view *t,
		       const struct step_view *s);
	void *ctx;
};

/* Puts the events into the queue; paths of logs stay v's. */
void replay(const struct view *v, const struct replay *r, struct queue *to);

#endif
