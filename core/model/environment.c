/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strv.h"

static struct env_var *find(const struct environment *env, const char *name)
{
	for (size_t i = 0; i < env->len; i++)
		if (strcmp(env->vars[i].name, name) == 0)
			return &env->vars[i];
	return NULL;
}

void environment_set(struct environment *env, const char *name,
		     const char *value)
{
	struct env_var *var = find(env, name);
	char *copy = xstrdup(value);

	if (var) {
		free(var->value);
		var->value = copy;
		return;
	}
	if (env->len == env->cap) {
		env->cap = env->cap ? env->cap * 2 : 16;
		env->vars =
			xreallocarray(env->vars, env->cap, sizeof(*env->vars));
	}
	env->vars[env->len++] = (struct env_var){xstrdup(name), copy};
}

const char *environment_get(const struct environment *env, const char *name)
{
	const struct env_var *var = find(env, name);

	return var ? var->value : NULL;
}

void environment_merge(struct environment *env, const struct environment *over)
{
	for (size_t i = 0; i < over->len; i++)
		environment_set(env, over->vars[i].name, over->vars[i].value);
}

void environment_clear(struct environment *env)
{
	for (size_t i = 0; i < env->len; i++) {
		free(env->vars[i].name);
		free(env->vars[i].value);
	}
	free(env->vars);
	*env = (struct environment){0};
}

bool environment_is_secret(const char *name)
{
	static const char *const endings[] = {"_PASSWORD", "_SECRET", "_TOKEN",
					      "_ACCESS_KEY", "_SECRET_KEY"};

	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (str_ends(name, endings[i]))
			return true;
	return false;
}
