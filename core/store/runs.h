/* SPDX-License-Identifier: MIT */
/* What lasts of runs: $XDG_STATE_HOME/cirrus/runs/RUN/TASK/STEP.log.
 *
 * RUN sorts by time.  Old runs are removed when a new one begins; one that is
 * still going on holds a lock and is left alone. */
#ifndef CIRRUS_STORE_RUNS_H
#define CIRRUS_STORE_RUNS_H

#include <stdint.h>

#include "base/error.h"

/* How many runs are kept, the one that begins included. */
#define RUNS_KEPT 32

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
/* A new, empty log for a step of a task; any thread.  *path is for free(). */
int run_logs_open(struct run_logs *l, int64_t task, int step, const char *title,
		  int *fd, char **path, struct error **err) MUST_CHECK;

#endif
