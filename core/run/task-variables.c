/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/task-variables.h"

#include <stdlib.h>
#include <string.h>

#include "run/place.h"
#include "run/platform.h"
#include "run/variables.h"

static void lay(const struct task *task, const struct environment *base,
		const struct environment *user, size_t n_tasks,
		struct environment *env)
{
	const struct container *c = &task->instance.container;
	struct variables_input in = {
		.base = base,
		.task = task,
		.n_tasks = n_tasks,
		.user = user,
		.working_dir = PLACE_WORKING_DIR,
		.os = platform_os(c->platform),
		.arch = platform_arch(c->architecture),
	};

	variables_layers(env, &in);
}

void task_variables(const struct run *run, const struct task *task,
		    struct environment *env)
{
	lay(task, run->o->base_env, run->o->user_env, run->plan.len, env);
}

char *task_lock(const struct run *run, const struct task *task)
{
	AUTO_ENVIRONMENT struct environment env = {0};
	const struct node *lock = NULL;

	for (size_t i = 0; i < task->n_extra; i++)
		if (strcmp(task->extra[i]->name, "execution_lock") == 0)
			lock = task->extra[i];
	if (!lock || lock->kind != NODE_SCALAR || !*lock->text)
		return NULL;
	task_variables(run, task, &env);
	variables_expand(&env, NULL);
	return variables_expand_text(lock->text, &env, NULL);
}

/* --- secrets -------------------------------------------------------------------- */

static void learn(struct secrets *s, const char *name, const char *value)
{
	AUTO_FREE char *literal = NULL;

	if (!environment_is_secret(name))
		return;
	literal = variables_literal(value);
	secrets_add(s, value);
	secrets_add(s, literal);
}

void secrets_learn(struct secrets *s, const struct environment *env)
{
	for (size_t i = 0; i < env->len; i++)
		learn(s, env->vars[i].name, env->vars[i].value);
}

static void learn_pairs(struct secrets *s, const struct pairs *p)
{
	for (size_t i = 0; i < p->len; i++)
		learn(s, p->v[i].key, p->v[i].value);
}

static bool refers(const char *name, const char *value)
{
	return environment_is_secret(name) && strpbrk(value, "$%");
}

/* Whether some secret is written with others' values. */
static bool has_references(const struct task *t, const struct environment *user)
{
	const struct pairs *own = &t->environment;

	for (size_t i = 0; i < own->len; i++)
		if (refers(own->v[i].key, own->v[i].value))
			return true;
	for (size_t i = 0; user && i < user->len; i++)
		if (refers(user->vars[i].name, user->vars[i].value))
			return true;
	return false;
}

void secrets_learn_task(struct secrets *s, const struct task *task,
			const struct environment *base,
			const struct environment *user)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	learn_pairs(s, &task->environment);
	learn_pairs(s, &task->instance.container.docker_arguments);
	if (user)
		secrets_learn(s, user);
	if (!has_references(task, user))
		return;
	lay(task, base, user, 0, &env);
	variables_expand(&env, NULL);
	secrets_learn(s, &env);
}
