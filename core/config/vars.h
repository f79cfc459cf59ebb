/* SPDX-License-Identifier: MIT */
/* Variables of a parse, sorted by name in byte order, in an arena. */
#ifndef CIRRUS_CONFIG_VARS_H
#define CIRRUS_CONFIG_VARS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/task.h"

struct vars {
	struct pair *v;
	size_t len, cap;
	const struct pairs *base; /* shared, never written; or NULL */
};

/* Borrows name and value. */
void vars_set(struct vars *vars, struct arena *arena, const char *name,
	      const char *value);
void vars_unset(struct vars *vars, struct arena *arena, const char *name);
/* Whether it says anything of that name itself, be it that there is none. */
bool vars_has(const struct vars *vars, const char *name);
/* The value, or NULL. */
const char *vars_get(const struct vars *vars, const char *name);
/* base, with everything of `over` in front of it, which has no base itself; shares
 * with both. */
struct vars vars_overlay(struct arena *arena, const struct vars *base,
			 const struct vars *over);
struct pairs vars_pairs(const struct vars *vars); /* shares */

/* Replaces $NAME, ${NAME} and %NAME% in the text by substring, longest names
 * first, again and again until nothing changes or ten rounds are done.  Unknown
 * names stay.  NULL where the result would exceed EXPAND_MAX bytes. */
#define EXPAND_MAX (1024u * 1024)
const char *vars_expand(const struct vars *vars, struct arena *arena,
			const char *text);
/* For text that the task expands once more, when it has all of its variables:
 * $CIRRUS_TASK_NAME and the like are left to it, they do not begin with $CI. */
const char *vars_expand_early(const struct vars *vars, struct arena *arena,
			      const char *text);

#endif
