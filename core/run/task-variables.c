/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/task-variables.h"

#include <stdlib.h>
#include <string.h>

#include "run/place.h"
#include "run/platform.h"
#include "run/variables.h"

static struct variables_input input(const struct task *task,
				    const struct environment *base,
				    const struct environment *user)
{
	const struct container *c = &task->instance.container;

	return (struct variables_input){
		.base = base,
		.task = task,
		.user = user,
		.working_dir = PLACE_WORKING_DIR,
		.os = platform_os(c->platform),
		.arch = platform_arch(c->architecture),
	};
}

static bool is_told(const char *text)
{
	return text && *text;
}

void task_variables(const struct run *run, const struct task *task,
		    const struct image *image, struct environment *env)
{
	struct variables_input in =
		input(task, run->o->base_env, run->o->user_env);

	in.n_tasks = run->plan.len;
	/* a worker is this machine, whatever it is */
	if (task->instance.kind == INSTANCE_PERSISTENT_WORKER && run->conn)
		in.arch = platform_arch(platform_native(run->conn));
	if (image && is_told(image->os))
		in.os = image->os;
	if (image && is_told(image->arch))
		in.arch = image->arch;
	variables_layers(env, &in);
}

static bool says(const struct environment *env, const char *name,
		 const char *value)
{
	const char *there = environment_get(env, name);

	return !is_told(value) || (there && strcmp(there, value) == 0);
}

bool task_variables_fit(const struct environment *env,
			const struct image *image)
{
	return says(env, "CIRRUS_OS", image->os) &&
	       says(env, "CIRRUS_ARCH", image->arch);
}

void task_variables_follow(struct environment *env, const struct image *image)
{
	if (is_told(image->os))
		environment_set(env, "CIRRUS_OS", image->os);
	if (is_told(image->arch))
		environment_set(env, "CIRRUS_ARCH", image->arch);
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
	task_variables(run, task, NULL, &env);
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
	struct pairs_walk w = pairs_walk(p);
	const struct pair *pair;

	while ((pair = pairs_next(&w)))
		learn(s, pair->key, pair->value);
}

static bool refers(const char *name, const char *value)
{
	return environment_is_secret(name) && strpbrk(value, "$%");
}

/* Whether some secret is written with others' values. */
static bool has_references(const struct task *t, const struct environment *user)
{
	struct pairs_walk own = pairs_walk(&t->environment);
	const struct pair *pair;

	while ((pair = pairs_next(&own)))
		if (refers(pair->key, pair->value))
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
	struct variables_input in = input(task, base, user);

	learn_pairs(s, &task->environment);
	learn_pairs(s, &task->instance.container.docker_arguments);
	if (user)
		secrets_learn(s, user);
	if (!has_references(task, user))
		return;
	variables_layers(&env, &in);
	variables_expand(&env, NULL);
	secrets_learn(s, &env);
}
