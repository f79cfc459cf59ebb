/* SPDX-License-Identifier: MIT */
/* Which tasks run, after which others, and why the rest does not.  Pure. */
#ifndef CIRRUS_RUN_PLAN_H
#define CIRRUS_RUN_PLAN_H

#include <stddef.h>

#include "base/error.h"
#include "model/event.h"
#include "model/task.h"

enum plan_verdict {
	PLAN_RUN,
	PLAN_LEFT_OUT,    /* `skip: true`: as if it were not there */
	PLAN_WAITS,       /* manual, or needs one that is: not this time */
	PLAN_UNSUPPORTED, /* nothing here can run it */
};

struct planned {
	const struct task *task;
	enum plan_verdict verdict;
	char *why;     /* unless PLAN_RUN */
	size_t *needs; /* indices in the plan: what must succeed before */
	size_t n_needs;
};

struct plan {
	struct planned *v; /* by id */
	size_t len;
	size_t n_run, n_unsupported;
};

/* What there is to run tasks with: NULL where kind, platform and so on are
 * served, else why not, for free(). */
typedef char *plan_supports(void *ctx, const struct task *task);

struct selection;

int plan_make(const struct tasks *tasks, const struct selection *selection,
	      plan_supports *supports, void *ctx, struct plan *out,
	      struct error **err) MUST_CHECK;
/* Once more, when it is known what there is to run tasks with. */
void plan_review(struct plan *p, plan_supports *supports, void *ctx);
void plan_clear(struct plan *p);

/* The exit status of a run of which each task ended so; `strict`: what nothing
 * here can run counts as a failure.  */
int plan_exit_status(const struct plan *plan, const enum event_status *status,
		     bool cancelled, bool strict);

/* The instances that this program knows how to run at all; as plan_supports. */
char *plan_instance_unsupported(const struct task *task);

#endif
