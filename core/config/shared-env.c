/* SPDX-License-Identifier: MIT */
/* Many variables at the top of a file with many tasks cost their sum, not their
 * product: each task has what it says itself in front of what all share.  What
 * the two would have to be merged for (both spellings of the key, maps as
 * values) goes the long way. */
#include "config.h"

#include <string.h>

#include "config/collectible.h"
#include "config/fields.h"
#include "config/parser.h"

static enum collectible other(enum collectible c)
{
	return c == COLLECT_ENV ? COLLECT_ENVIRONMENT : COLLECT_ENV;
}

static bool is_value(const struct node *n)
{
	for (size_t i = 0; n->kind == NODE_LIST && i < n->n_children; i++)
		if (n->children[i]->kind != NODE_SCALAR)
			return false;
	return n->kind != NODE_MAP;
}

static bool is_plain(const struct node *n)
{
	for (size_t i = 0; n->kind == NODE_MAP && i < n->n_children; i++)
		if (!is_value(n->children[i]))
			return false;
	return n->kind == NODE_MAP;
}

static int set(struct draft *d, const struct node *at UNUSED, const char *name,
	       const char *value, void *ctx)
{
	vars_set(ctx, d->p->arena, name, value);
	return 0;
}

void shared_env_read(struct parser *p)
{
	enum collectible c =
		p->root_says[COLLECT_ENV] ? COLLECT_ENV : COLLECT_ENVIRONMENT;
	const struct node *n = p->root_says[c];
	struct draft d = {.p = p};
	struct vars vars = {0};
	struct pairs *shared;

	if (!n || p->root_says[other(c)] || n->n_children == 0 || !is_plain(n))
		return;
	if (variables_each(&d, n, set, &vars) < 0)
		return; /* not of plain values */
	shared = ARENA_NEW(p->arena, struct pairs);
	*shared = vars_pairs(&vars);
	p->shared_env = shared;
	p->shared_from = c;
}

static bool is_maps(const struct node *n)
{
	for (size_t i = 0; n->kind == NODE_LIST && i < n->n_children; i++)
		if (n->children[i]->kind != NODE_MAP)
			return false;
	return n->kind != NODE_SCALAR;
}

bool shared_env_fits(const struct draft *d)
{
	const char *same, *another;

	if (!d->p->shared_env)
		return false;
	same = collectible_names[d->p->shared_from];
	another = collectible_names[other(d->p->shared_from)];
	for (size_t i = 0; i < d->node->n_children; i++) {
		const struct node *n = d->node->children[i];

		if (same_name(n->name, another) ||
		    (same_name(n->name, same) && !is_maps(n)))
			return false;
	}
	return true;
}

void shared_env_restore(struct draft *d)
{
	const struct vars shared = {.base = d->env.base};

	if (!d->env.base)
		return;
	for (size_t i = 0; i < d->env.len; i++) {
		const char *value = vars_get(&shared, d->env.v[i].key);

		if (value)
			d->env.v[i].value = value;
	}
	d->stale = true;
}
