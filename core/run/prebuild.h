/* SPDX-License-Identifier: MIT */
/* Images from Dockerfiles: what they are called, and the tasks that make them.
 *
 * Such an image is named by what it is made of, so one that is there already is
 * never built again. */
#ifndef CIRRUS_RUN_PREBUILD_H
#define CIRRUS_RUN_PREBUILD_H

#include "model/environment.h"
#include "run/context.h"

/* The name of the image that the task runs in, for free(); NULL: not one from a
 * Dockerfile. */
char *prebuild_image_of(const struct run_options *o, const struct task *user);

/* Whether a task cannot run unless its image is built first: it is not here, and
 * may not be pulled. */
bool prebuild_is_due(struct run *run, const struct task *user);

struct prebuild {
	struct scope *scope;
	const struct task *task; /* an INSTANCE_PREBUILT_IMAGE */
	const struct environment *env;
	const char *working_dir; /* of tasks */
	int *step;               /* the next step's number */
};
/* Finds, pulls or builds it, for each architecture that a task of the run asks
 * for; *why, for free(): why not. */
enum event_status prebuild_run(const struct prebuild *p, char **why);

#endif
