/* SPDX-License-Identifier: MIT */
/* A shell for a person in the environment of a task that failed. */
#ifndef CIRRUS_RUN_SHELL_H
#define CIRRUS_RUN_SHELL_H

#include "model/environment.h"
#include "run/place.h"

/* Where a person wants one (run_options.shell), opens it in the working directory,
 * with the task's variables, and waits until it has ended.  What keeps it from
 * opening is a warning. */
void shell_open(struct place *p, const struct environment *env);

#endif
