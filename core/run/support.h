/* SPDX-License-Identifier: MIT */
/* What a task asks of a backend, against what that one can do here: a feature
 * that changes what scripts see is not left out, the task is. */
#ifndef CIRRUS_RUN_SUPPORT_H
#define CIRRUS_RUN_SUPPORT_H

#include "model/task.h"

/* A plan_supports; ctx is the struct run, which has its backend. */
char *support_lacks(void *run, const struct task *task);

#endif
