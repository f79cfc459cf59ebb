/* SPDX-License-Identifier: MIT */
/* The runs of a project that are kept, as they are known. */
#ifndef CIRRUS_CLI_KEPT_RUNS_H
#define CIRRUS_CLI_KEPT_RUNS_H

#include "base/error.h"
#include "model/task.h"
#include "report/view.h"

VEC_DEFINE(views, struct view *);

struct kept_runs {
	struct views runs; /* the latest first */
};
/* Of the project in that directory; NULL: of all.  Runs of which nothing can be
 * read, as those of other versions, are left out. */
int kept_runs_load(const char *project, struct kept_runs *out,
		   struct error **err) MUST_CHECK;
void kept_runs_clear(struct kept_runs *k);
#define AUTO_KEPT_RUNS __attribute__((__cleanup__(kept_runs_clear)))

/* failed[i] says of each of the project's tasks whether it failed when it was
 * run last, or could not run because of one that did.  How many; -1: an error,
 * as where no run is known. */
int kept_runs_failed(const char *project, const struct tasks *tasks,
		     bool *failed, struct error **err) MUST_CHECK;

#endif
