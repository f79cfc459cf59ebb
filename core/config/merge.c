/* SPDX-License-Identifier: MIT */
/* Merging makes new nodes and shares whatever did not change. */
#include "config.h"

#include "config/parser.h"

#include <string.h>

#include "config/names.h"

static struct node *copy_with_room(struct arena *arena, const struct node *n,
				   size_t room)
{
	struct node *copy = ARENA_NEW(arena, struct node);

	*copy = *n;
	copy->children =
		arena_alloc(arena, (room ? room : 1) * sizeof(struct node *));
	return copy;
}

static const struct node *merge_maps(struct arena *arena, const struct node *d,
				     const struct node *s)
{
	struct node *both =
		copy_with_room(arena, s, d->n_children + s->n_children);
	struct names names = names_of(arena, d->children, d->n_children);

	memcpy(both->children, d->children,
	       d->n_children * sizeof(struct node *));
	both->n_children = d->n_children;
	for (size_t i = 0; i < s->n_children; i++) {
		size_t at = names_find(&names, s->children[i]->name);

		if (at < d->n_children)
			both->children[at] = (struct node *)merge(
				arena, both->children[at], s->children[i]);
		else
			both->children[both->n_children++] = s->children[i];
	}
	return both;
}

/* Item by item, for `additional_containers`. */
static const struct node *merge_pairwise(struct arena *arena,
					 const struct node *d,
					 const struct node *s)
{
	size_t n =
		d->n_children > s->n_children ? d->n_children : s->n_children;
	struct node *both = copy_with_room(arena, s, n);

	both->n_children = n;
	for (size_t i = 0; i < n; i++) {
		const struct node *item;

		if (i >= s->n_children)
			item = d->children[i];
		else if (i >= d->n_children)
			item = s->children[i];
		else
			item = merge(arena, d->children[i], s->children[i]);
		both->children[i] = (struct node *)item;
	}
	return both;
}

/* A list of maps as one map; everything else as it is. */
static const struct node *flatten(struct arena *arena, const struct node *n)
{
	struct node *empty;
	const struct node *all;
	struct node *flat;

	if (!n || n->kind != NODE_LIST)
		return n;
	for (size_t i = 0; i < n->n_children; i++)
		if (n->children[i]->kind != NODE_MAP)
			return n;
	empty = copy_with_room(arena, n, 0);
	empty->kind = NODE_MAP;
	empty->n_children = 0;
	all = empty;
	for (size_t i = 0; i < n->n_children; i++)
		all = merge_maps(arena, all, n->children[i]);
	flat = ARENA_NEW(arena, struct node);
	*flat = *all;
	flat->name = n->name;
	flat->at = n->at;
	return flat;
}

const struct node *merge(struct arena *arena, const struct node *d,
			 const struct node *s)
{
	if (strcmp(s->name, "env") == 0 ||
	    strcmp(s->name, "environment") == 0) {
		d = flatten(arena, d);
		s = flatten(arena, s);
	}
	if (!d || d->kind != s->kind)
		return s;
	if (s->kind == NODE_MAP)
		return merge_maps(arena, d, s);
	if (s->kind == NODE_LIST &&
	    strcmp(s->name, "additional_containers") == 0)
		return merge_pairwise(arena, d, s);
	return s;
}

static bool has_duplicates(const struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (names_find(names, names->children[i]->name) != i)
			return true;
	return false;
}

const struct node *dedupe(struct arena *arena, const struct node *n)
{
	struct names last = names_of(arena, n->children, n->n_children);
	struct node *once;

	if (n->kind == NODE_SCALAR || !has_duplicates(&last))
		return n;
	once = copy_with_room(arena, n, n->n_children);
	once->n_children = 0;
	for (size_t i = 0; i < n->n_children; i++) {
		const struct node *c = n->children[i];
		struct names seen = {once->children, once->n_children};
		size_t at = names_find(&seen, c->name);

		if (at < once->n_children)
			once->children[at] = (struct node *)merge(
				arena, once->children[at], dedupe(arena, c));
		else
			once->children[once->n_children++] = (struct node *)c;
	}
	return once;
}

const struct node *merge_all(struct arena *arena, const struct node *d,
			     const struct node *map, const char *name)
{
	for (size_t i = 0; i < map->n_children; i++)
		if (same_name(map->children[i]->name, name))
			d = merge(arena, d, map->children[i]);
	return d;
}

const struct node *collect(struct arena *arena, const struct node *root_says,
			   const struct node *task, const char *name)
{
	const struct node *all = merge_all(arena, root_says, task, name);

	return all ? dedupe(arena, all) : NULL;
}
