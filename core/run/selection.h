/* SPDX-License-Identifier: MIT */
/* Which tasks the TASK arguments mean.  Pure. */
#ifndef CIRRUS_RUN_SELECTION_H
#define CIRRUS_RUN_SELECTION_H

#include <stdbool.h>

#include "base/error.h"
#include "model/task.h"

/* What a person asked for. */
struct selection {
	const char *const *arguments; /* NULL or empty: all tasks */
	bool with_deps;               /* also what the named tasks depend on */
	const bool *among; /* by id: none but these count as named; NULL: all */
};

/* One argument: it begins, whatever the case of letters, with the task's name
 * or alias, and each further word of it is one of the task's unique labels:
 * "unit", "Unit go:1.22".  Or it is a glob for the whole name or alias: "unit*". */
bool selection_matches(const struct task *t, const char *argument);

/* chosen[i] is set for every task that some argument matches; an argument that
 * matches none is an error that says what was near. */
int selection_apply(const struct tasks *tasks, const char *const *arguments,
		    bool *chosen, struct error **err) MUST_CHECK;

/* Adds the builds of images that chosen tasks need, and with `all` whatever
 * else they depend on; tasks that only_if drops stay away. */
void selection_add_needs(const struct tasks *tasks, bool all, bool *chosen);

/* Both: the named tasks with what they bring along, or all.  named[i], unless
 * NULL: whether an argument itself matches. */
int selection_choose(const struct selection *s, const struct tasks *tasks,
		     bool *chosen, bool *named, struct error **err) MUST_CHECK;

#endif
