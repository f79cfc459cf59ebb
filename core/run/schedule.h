/* SPDX-License-Identifier: MIT */
/* Tasks in parallel: each on a thread of its own, within -j and the machine's
 * memory, after what it needs has succeeded. */
#ifndef CIRRUS_RUN_SCHEDULE_H
#define CIRRUS_RUN_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strv.h"
#include "model/event.h"
#include "run/plan.h"

struct schedule;

struct schedule_options {
	int jobs;             /* at least 1 */
	int64_t memory_bytes; /* of the machine; 0: unknown */
	bool fail_fast;       /* start nothing more once a task failed */
	int cancel_fd;        /* readable: start nothing more */
	int abandon_fd;       /* readable: wait for nothing more */
	void *ctx;
	/* How much memory a task states; 0: it states none. */
	int64_t (*memory)(void *ctx, size_t index);
	/* What only one task at a time can have: `locks` are free again when its
	 * result stands, `ports` when it has cleaned up, too.  The member may be
	 * NULL. */
	void (*claims)(void *ctx, size_t index, struct strv *locks,
		       struct strv *ports);
	/* The task, on its own thread.  It calls schedule_result as soon as its
	 * result stands, and may then take its time to clean up. */
	void (*run)(void *ctx, struct schedule *s, size_t index);
	/* A task that will not run, on the caller's thread. */
	void (*skip)(void *ctx, size_t index, const char *why);
};

struct schedule_outcome {
	enum event_status *status; /* per task of the plan, for free() */
	bool cancelled, abandoned;
};

/* Returns once every thread has ended, or, abandoned, while some still run. */
int schedule_run(const struct plan *plan, const struct schedule_options *o,
		 struct schedule_outcome *out, struct error **err) MUST_CHECK;

void schedule_result(struct schedule *s, size_t index,
		     enum event_status status);

#endif
