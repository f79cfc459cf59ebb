/* SPDX-License-Identifier: MIT */
/* What lasts of runs: $XDG_STATE_HOME/cirrus/runs/RUN/TASK/STEP.log, and what is
 * known of the whole in RUN/run.json (report/saved.h).
 *
 * RUN sorts by time.  Old runs are removed while a new one goes on; one that is
 * still going on holds a lock and is left alone. */
#ifndef CIRRUS_STORE_RUNS_H
#define CIRRUS_STORE_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strv.h"

/* How many runs are kept, the one that begins included. */
#define RUNS_KEPT 32
/* Of those that ended, the last one stays however large it is; the others go,
 * oldest first, once all together exceed this. */
#define RUNS_BYTES (INT64_C(2) << 30)

#define RUN_ID 32 /* with its NUL */
/* "20261123-190400-1f2e3d4c": letters, digits and hyphens, so that it can be
 * part of names and labels everywhere. */
void run_id_new(char out[RUN_ID]);

/* $XDG_STATE_HOME/cirrus, else $HOME/.local/state/cirrus; for free(). */
char *state_dir(struct error **err) MUST_CHECK;

struct run_logs;
int run_logs_new(const char *run_id, struct run_logs **out,
		 struct error **err) MUST_CHECK;
void run_logs_free(struct run_logs *l); /* the files stay */
/* Removes old runs that have ended, oldest first, until no more than RUNS_KEPT are
 * left, and these not too large together; beside anything else. */
void run_logs_prune(const struct run_logs *l);
const char *run_logs_dir(const struct run_logs *l);
/* A new, empty log for a step of a task; any thread.  *path is for free(). */
int run_logs_open(struct run_logs *l, int64_t task, int step, const char *title,
		  int *fd, char **path, struct error **err) MUST_CHECK;

/* The directories of all runs that are kept, oldest first. */
int runs_list(struct strv *out, struct error **err) MUST_CHECK;
/* The run in that directory still goes on. */
bool run_is_live(const char *dir);

#endif
