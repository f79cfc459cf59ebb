/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/blocks.h"

#include <string.h>

#include "backend/block.h"
#include "base/strv.h"
#include "base/suggest.h"
#include "config/vars.h"

struct checking {
	const struct backend_kinds *kinds;
	struct vars outside;
	struct arena arena;
	struct diagnostics *found;
	const struct task *task;
};

/* --- keys --------------------------------------------------------------------- */

static void unknown_key(struct checking *c, const struct block *b,
			const struct node *key)
{
	AUTO_STRV struct strv names = {0};
	AUTO_FREE char *message = NULL, *hint = NULL;
	const char *near;

	for (size_t i = 0; i < c->kinds->len; i++)
		for (size_t k = 0; strcmp(c->kinds->v[i].name, b->kind) == 0 &&
				   c->kinds->v[i].options[k];
		     k++)
			strv_push(&names, c->kinds->v[i].options[k]->name);
	for (size_t i = 0; b->languages[i]; i++)
		strv_push(&names, b->languages[i]);
	near = suggest(key->name, (const char *const *)names.v);
	message = xasprintf("no backend here takes \"%s\" for \"%s\"",
			    key->name, b->kind);
	hint = near ? xasprintf("did you mean \"%s\"?", near) : NULL;
	diagnostics_add(c->found, ISSUE_ERROR, key->at, message, hint);
}

static char *expand(void *ctx, const char *text)
{
	struct checking *c = ctx;
	const struct pairs *env = &c->task->environment;
	struct vars inside = {env->v, env->len, env->len, env->base};
	struct vars all = vars_overlay(&c->arena, &inside, &c->outside);
	const char *expanded = vars_expand(&all, &c->arena, text);

	return xstrdup(expanded ? expanded : text);
}

/* What is wrong with the value, for free(), or NULL. */
static char *wrong_value(struct checking *c, const struct node *value,
			 const char *backend,
			 const struct cirrus_option *option)
{
	AUTO_FREE char *text = block_value(value, option, expand, c);
	AUTO_FREE char *why = block_wrong(value, option, text);

	return why ? xasprintf("backend %s: %s", backend, why) : NULL;
}

/* A key is right where one of the backends takes it: that one may be chosen. */
static void check_key(struct checking *c, const struct block *b,
		      const struct node *key)
{
	AUTO_FREE char *first = NULL;

	diagnostics_drop_unknown(c->found, key->at);
	for (size_t i = 0; i < c->kinds->len; i++) {
		const struct backend_kind *k = &c->kinds->v[i];
		const struct cirrus_option *option =
			block_option(k->options, key->name);
		AUTO_FREE char *why = NULL;

		if (strcmp(k->name, b->kind) != 0 || !option)
			continue;
		why = wrong_value(c, key, k->backend, option);
		if (!why)
			return;
		if (!first)
			first = STEAL_PTR(why);
	}
	if (first)
		diagnostics_add(c->found, ISSUE_ERROR, key->at, first, NULL);
	else
		unknown_key(c, b, key);
}

/* --- blocks ------------------------------------------------------------------- */

static void check_kind(struct checking *c, const struct block *b)
{
	const char *backend = NULL, *lacks = NULL;
	AUTO_FREE char *message = NULL;
	bool provided = false;

	for (size_t i = 0; i < c->kinds->len; i++) {
		const struct backend_kind *k = &c->kinds->v[i];
		const char *one;

		if (strcmp(k->name, b->kind) != 0)
			continue;
		provided = true;
		one = block_missing(b, k->options);
		if (!one)
			return;
		backend = backend ? backend : k->backend;
		lacks = lacks ? lacks : one;
	}
	if (provided)
		message = xasprintf("backend %s needs \"%s\" for \"%s\"",
				    backend, lacks, b->kind);
	else
		message = xasprintf("no backend here provides \"%s\"", b->kind);
	diagnostics_add(c->found, provided ? ISSUE_ERROR : ISSUE_WARNING, b->at,
			message,
			provided ? NULL : "cirrus backends lists what is here");
}

static bool is_provided(const struct checking *c, const char *kind)
{
	for (size_t i = 0; i < c->kinds->len; i++)
		if (strcmp(c->kinds->v[i].name, kind) == 0)
			return true;
	return false;
}

static void check_task(struct checking *c, const struct task *t)
{
	const struct node *key;
	struct block b;
	size_t at = 0;

	block_of_task(t, &c->arena, &b);
	if (!b.kind)
		return;
	c->task = t;
	check_kind(c, &b);
	if (!is_provided(c, b.kind))
		return;
	diagnostics_drop_unknown(c->found, b.at);
	while ((key = block_next(&b, &at)))
		check_key(c, &b, key);
}

void blocks_check(const struct tasks *tasks, const struct backend_kinds *kinds,
		  const struct environment *env, struct diagnostics *d)
{
	struct checking c = {.kinds = kinds, .found = d};

	for (size_t i = 0; i < env->len; i++)
		vars_set(&c.outside, &c.arena, env->vars[i].name,
			 env->vars[i].value);
	for (size_t i = 0; kinds->broken[i]; i++)
		diagnostics_add(d, ISSUE_WARNING, (struct position){0, 0},
				kinds->broken[i], NULL);
	for (size_t i = 0; i < tasks->len; i++)
		check_task(&c, tasks->v[i]);
	arena_free(&c.arena);
}
