/* SPDX-License-Identifier: MIT */
/* The variables that a task begins with, and what of them nobody may see. */
#ifndef CIRRUS_RUN_TASK_VARIABLES_H
#define CIRRUS_RUN_TASK_VARIABLES_H

#include "run/context.h"
#include "run/mask.h"

/* All layers, unexpanded.  image: what the task runs in, which says what CIRRUS_OS
 * and CIRRUS_ARCH are; NULL while that is not known: then its instance does. */
void task_variables(const struct run *run, const struct task *task,
		    const struct image *image, struct environment *env);
/* Whether the image says the same of these two as env does. */
bool task_variables_fit(const struct environment *env,
			const struct image *image);
/* Has env say what the image says. */
void task_variables_follow(struct environment *env, const struct image *image);
/* What `execution_lock` says, with the task's variables, for free(); NULL:
 * nothing. */
char *task_lock(const struct run *run, const struct task *task);

/* The values of those variables whose names say that they are secret. */
void secrets_learn(struct secrets *s, const struct environment *env);
/* Those of a task, as they are written and as they are expanded: a name, a
 * reason or an error may hold one before the task itself begins. */
void secrets_learn_task(struct secrets *s, const struct task *task,
			const struct environment *base,
			const struct environment *user);

#endif
