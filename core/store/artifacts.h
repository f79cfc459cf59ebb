/* SPDX-License-Identifier: MIT */
/* Where artifacts are put: DIR/TASK/NAME/PATH.
 *
 * Names of tasks and artifacts are what people like to write; as parts of a path
 * a slash and a percent sign in them become %2F and %25.  Tasks that share a
 * name are told apart by their labels, as everywhere: "unit (go:1.22)". */
#ifndef CIRRUS_STORE_ARTIFACTS_H
#define CIRRUS_STORE_ARTIFACTS_H

#include "base/error.h"
#include "model/task.h"

/* Makes DIR where it is not there and makes sure that it can be written to. */
int artifacts_prepare(const char *dir, struct error **err) MUST_CHECK;
/* DIR/TASK/NAME of one of these tasks, for free(). */
char *artifacts_path(const char *dir, const struct tasks *all,
		     const struct task *task, const char *name);
/* Makes and opens it; no name below DIR may be a symbolic link. */
int artifacts_open(const char *dir, const struct tasks *all,
		   const struct task *task, const char *name, int *fd,
		   struct error **err) MUST_CHECK;
/* Any text as a part of a path, for free(); different texts stay different. */
char *artifacts_part(const char *text);

#endif
