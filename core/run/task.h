/* SPDX-License-Identifier: MIT */
/* One task from its environment's creation to its deletion. */
#ifndef CIRRUS_RUN_TASK_H
#define CIRRUS_RUN_TASK_H

#include "run/context.h"
#include "run/schedule.h"

/* On a thread of its own; tells the schedule the result once it stands. */
void task_run(struct run *run, struct schedule *s, size_t index,
	      const struct task *task);

/* The first and the last event of a task. */
void task_tell_started(struct run *run, const struct task *task);
void task_tell_finished(struct run *run, const struct task *task,
			enum event_status status, int64_t duration_ns,
			const char *why);

#endif
