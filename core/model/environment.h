/* SPDX-License-Identifier: MIT */
/* A set of variables in the order in which they were first named.  Later
 * settings of the same name change the value in place.  Owns its strings. */
#ifndef CIRRUS_MODEL_ENVIRONMENT_H
#define CIRRUS_MODEL_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

struct env_var {
	char *name, *value;
};

struct environment {
	struct env_var *vars;
	size_t len, cap;
};

void environment_set(struct environment *env, const char *name,
		     const char *value);
/* The value, or NULL. */
const char *environment_get(const struct environment *env, const char *name);
/* Sets in env whatever `over` holds. */
void environment_merge(struct environment *env, const struct environment *over);
void environment_clear(struct environment *env);
/* Whether a variable of that name holds a secret: it ends in _PASSWORD, _SECRET,
 * _TOKEN, _ACCESS_KEY or _SECRET_KEY. */
bool environment_is_secret(const char *name);

#define AUTO_ENVIRONMENT __attribute__((__cleanup__(environment_clear)))

#endif
