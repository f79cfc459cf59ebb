/* SPDX-License-Identifier: MIT */
/* Boolean expressions: only_if, skip, allow_failures and others. */
#ifndef CIRRUS_CONFIG_CONDITION_H
#define CIRRUS_CONFIG_CONDITION_H

#include "config/parser.h"

/* Evaluates the expression with these variables; `at` is where it stands.
 * Both sides of every operator are evaluated, as the language has it. */
int condition_evaluate(struct parser *p, const struct vars *vars,
		       const char *expression, struct position at, bool *out);

/* --- functions.c ------------------------------------------------------------------ */

/* How many of the affected files any of the globs matches; what is wrong with a
 * glob, or NULL. */
const char *functions_count(struct parser *p, const char *const *globs,
			    size_t n, size_t *matching, size_t *total);

#endif
