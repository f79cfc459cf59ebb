/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/yaml-tree.h"

#include <string.h>

#include "data/scalar.h"

struct position yaml_tree_place(yaml_mark_t m)
{
	return (struct position){(int)m.line + 1, (int)m.column + 1};
}

void yaml_tree_wrong(struct yaml_tree *b, struct position at, const char *what)
{
	if (b->wrong)
		return;
	b->wrong_at = at;
	node_error(&b->wrong, b->src->path, at, "%s", what);
}

/* The collection that is open; outside of all it is the document. */
static struct frame *top(struct yaml_tree *b)
{
	return &b->frames.ptr[b->frames.len - 1];
}

static struct node *node_new(struct yaml_tree *b, enum node_kind kind,
			     struct position at)
{
	struct node *n = ARENA_NEW(b->arena, struct node);

	n->kind = kind;
	n->at = at;
	n->name = n->text = "";
	return n;
}

static bool is_core_tag(const yaml_char_t *tag, const char *name)
{
	const char *t = (const char *)tag;

	return t && strncmp(t, "tag:yaml.org,2002:", 18) == 0 &&
	       strcmp(t + 18, name) == 0;
}

static enum scalar_type scalar_type(const yaml_event_t *e)
{
	const yaml_char_t *tag = e->data.scalar.tag;

	if (tag && strcmp((const char *)tag, "!") != 0) {
		if (is_core_tag(tag, "str"))
			return SCALAR_STRING;
		if (is_core_tag(tag, "null"))
			return SCALAR_NULL;
		return is_core_tag(tag, "merge") ? SCALAR_MERGE : SCALAR_INT;
	}
	if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return SCALAR_STRING;
	return scalar_resolve((const char *)e->data.scalar.value);
}

/* --- anchors ---------------------------------------------------------------- */

struct anchor *yaml_tree_anchor(struct yaml_tree *b, const char *name)
{
	for (size_t i = b->anchors.len; i > 0; i--)
		if (strcmp(b->anchors.ptr[i - 1].name, name) == 0)
			return &b->anchors.ptr[i - 1];
	return NULL;
}

static const char *anchor_open(struct yaml_tree *b, const yaml_char_t *name)
{
	struct anchor a = {0}, *known;

	if (!name)
		return NULL;
	a.name = arena_strdup(b->arena, (const char *)name);
	known = yaml_tree_anchor(b, a.name);
	if (known)
		*known = a;
	else
		anchor_vec_push(&b->anchors, a);
	return a.name;
}

/* The name is the one that anchor_open gave out: the same name may have been
 * taken by an anchor further inside since, which then stays. */
static void anchor_close(struct yaml_tree *b, const char *name,
			 const struct node *node, size_t weight, size_t depth)
{
	struct anchor *a = name ? yaml_tree_anchor(b, name) : NULL;

	if (!a || a->name != name)
		return;
	a->node = node;
	a->weight = weight;
	a->depth = depth;
}

/* --- merge keys --------------------------------------------------------------- */

static bool merges_twice(const struct yaml_tree *b, const char *name)
{
	const char *const *exempt = b->src->merge_twice;

	for (; exempt && *exempt; exempt++)
		if (strcmp(*exempt, name) == 0)
			return true;
	return false;
}

static bool has_child(const struct yaml_tree *b, const struct frame *f,
		      const char *name)
{
	for (size_t i = f->first; i < b->stack.len; i++)
		if (strcmp(b->stack.ptr[i]->name, name) == 0)
			return true;
	return false;
}

/* Adds the children of a map to the map that is open on top. */
static void merge_map(struct yaml_tree *b, const struct node *from)
{
	struct frame *f = top(b);

	for (size_t i = 0; i < from->n_children; i++) {
		struct node *child = from->children[i];

		if (merges_twice(b, child->name) ||
		    !has_child(b, f, child->name))
			node_vec_push(&b->stack, child);
	}
}

/* `<<: *list`: the map becomes that list; keys that follow stand behind it. */
static void become_list(struct yaml_tree *b, const struct node *list)
{
	struct frame *f = top(b);

	b->stack.len = f->first;
	f->node->kind = NODE_LIST;
	for (size_t i = 0; i < list->n_children; i++)
		node_vec_push(&b->stack, list->children[i]);
}

static void merge_alias(struct yaml_tree *b, const struct node *value)
{
	switch (value->kind) {
	case NODE_MAP:
		merge_map(b, value);
		break;
	case NODE_LIST:
		become_list(b, value);
		break;
	case NODE_SCALAR:
		yaml_tree_wrong(
			b, top(b)->node->at,
			"merge key should either be associated with a mapping or "
			"a sequence");
		break;
	}
}

static void merge_items(struct yaml_tree *b, const struct node *list)
{
	for (size_t i = 0; i < list->n_children; i++) {
		if (list->children[i]->kind == NODE_MAP)
			merge_map(b, list->children[i]);
		else
			yaml_tree_wrong(
				b, top(b)->node->at,
				"got a sequence as a merge key's value, but not "
				"all of it's entries are mappings (as required "
				"per spec)");
	}
}

/* --- the tree ----------------------------------------------------------------- */

/* Puts a finished value into the collection that is open. */
static void attach(struct yaml_tree *b, struct node *n, size_t weight,
		   size_t depth)
{
	struct frame *f = top(b);

	f->weight += weight;
	if (depth + 1 > f->depth)
		f->depth = depth + 1;
	if (f->key) {
		n->name = f->key;
		/* an alias stands nowhere */
		if (n->at.line)
			n->at = f->key_at;
		f->key = NULL;
	}
	node_vec_push(&b->stack, n);
}

static void check_nul(struct yaml_tree *b, const yaml_event_t *e)
{
	if (strlen((const char *)e->data.scalar.value) != e->data.scalar.length)
		yaml_tree_wrong(b, yaml_tree_place(e->start_mark),
				"a NUL character cannot be part of a value");
}

/* An anchor on a key stands for its text. */
static void on_key(struct yaml_tree *b, const yaml_event_t *e)
{
	struct frame *f = top(b);
	const char *anchor = anchor_open(b, e->data.scalar.anchor);
	struct node *n;

	check_nul(b, e);
	f->key = arena_strdup(b->arena, (const char *)e->data.scalar.value);
	f->key_at = yaml_tree_place(e->start_mark);
	if (!anchor)
		return;
	n = node_new(b, NODE_SCALAR, f->key_at);
	n->text = f->key;
	anchor_close(b, anchor, n, 1, 0);
}

/* The key of a map, if that is what comes now: true, and it is consumed. */
static bool take_key(struct yaml_tree *b, const yaml_event_t *e)
{
	struct frame *f = top(b);
	enum scalar_type type = SCALAR_INT;

	if (!f->is_map || f->key || f->merging)
		return false;
	if (e->type == YAML_SCALAR_EVENT)
		type = scalar_type(e);
	if (type == SCALAR_MERGE) {
		f->merging = true;
	} else if (type == SCALAR_STRING) {
		on_key(b, e);
	} else {
		yaml_tree_wrong(b, f->node->at, "map key is not a string");
		if (e->type == YAML_SCALAR_EVENT)
			error_hint(&b->wrong, "put the key in quotes: \"%s\"",
				   (const char *)e->data.scalar.value);
	}
	return true;
}

/* Whether what comes now is the value of a `<<`, which ends it. */
static bool take_merging(struct yaml_tree *b)
{
	struct frame *f = top(b);
	bool merging = f->merging;

	f->merging = false;
	return merging;
}

static void on_scalar(struct yaml_tree *b, const yaml_event_t *e)
{
	struct frame *f = top(b);
	const char *text = (const char *)e->data.scalar.value;
	const char *anchor = anchor_open(b, e->data.scalar.anchor);
	struct node *n =
		node_new(b, NODE_SCALAR, yaml_tree_place(e->start_mark));

	check_nul(b, e);
	n->text = arena_strdup(b->arena, text);
	anchor_close(b, anchor, n, 1, 0);
	if (take_merging(b))
		return;
	if (!f->is_map && f->role == ROLE_VALUE &&
	    scalar_type(e) == SCALAR_NULL)
		return;
	attach(b, n, 1, 0);
}

static void on_start(struct yaml_tree *b, const yaml_event_t *e)
{
	bool is_map = e->type == YAML_MAPPING_START_EVENT;
	struct frame f = {.is_map = is_map, .first = b->stack.len, .weight = 1};

	f.node = node_new(b, is_map ? NODE_MAP : NODE_LIST,
			  yaml_tree_place(e->start_mark));
	f.anchor = anchor_open(b, is_map ? e->data.mapping_start.anchor
					 : e->data.sequence_start.anchor);
	if (take_merging(b))
		f.role = is_map ? ROLE_IGNORED : ROLE_MERGE_ITEMS;
	if (b->frames.len >= YAML_MAX_DEPTH) {
		AUTO_FREE char *what = xasprintf("nested deeper than %d levels",
						 YAML_MAX_DEPTH);

		yaml_tree_wrong(b, f.node->at, what);
	}
	frame_vec_push(&b->frames, f);
}

static void on_end(struct yaml_tree *b)
{
	struct frame f = *top(b);
	size_t n = b->stack.len - f.first;

	b->frames.len--;
	b->root_is_map = f.is_map;
	f.node->n_children = n;
	f.node->children =
		arena_alloc(b->arena, (n ? n : 1) * sizeof(struct node *));
	if (n)
		memcpy(f.node->children, b->stack.ptr + f.first,
		       n * sizeof(struct node *));
	b->stack.len = f.first;
	anchor_close(b, f.anchor, f.node, f.weight, f.depth);
	switch (f.role) {
	case ROLE_VALUE:
		attach(b, f.node, f.weight, f.depth);
		break;
	case ROLE_MERGE_ITEMS:
		top(b)->weight += f.weight;
		merge_items(b, f.node);
		break;
	case ROLE_IGNORED:
		break;
	}
}

/* Checks what an alias stands for against the limits. */
static void count_alias(struct yaml_tree *b, const struct anchor *a,
			struct position at)
{
	AUTO_FREE char *what = NULL;

	b->aliased += a->weight;
	if (b->aliased > YAML_MAX_ALIAS)
		what = xasprintf("aliases stand for more than %d nodes",
				 YAML_MAX_ALIAS);
	else if (b->frames.len + a->depth > YAML_MAX_DEPTH)
		what = xasprintf("nested deeper than %d levels",
				 YAML_MAX_DEPTH);
	if (what)
		yaml_tree_wrong(b, at, what);
}

/* Whether a collection around has that anchor, even if the name was given again
 * since: that alone is what counts as recursion. */
static bool is_open(const struct yaml_tree *b, const char *name)
{
	for (size_t i = 0; i < b->frames.len; i++)
		if (b->frames.ptr[i].anchor &&
		    strcmp(b->frames.ptr[i].anchor, name) == 0)
			return true;
	return false;
}

static void on_alias(struct yaml_tree *b, const yaml_event_t *e)
{
	const char *name = (const char *)e->data.alias.anchor;
	const struct anchor *a = yaml_tree_anchor(b, name);
	struct position at = yaml_tree_place(e->start_mark);
	struct node *copy;

	if (!a || !a->node || is_open(b, name)) {
		AUTO_FREE char *what = xasprintf("recursive alias '%s'", name);

		yaml_tree_wrong(b, at, what);
		return;
	}
	count_alias(b, a, at);
	if (b->wrong)
		return;
	if (take_merging(b)) {
		top(b)->weight += a->weight;
		merge_alias(b, a->node);
		return;
	}
	copy = ARENA_NEW(b->arena, struct node);
	*copy = *a->node;
	copy->at = (struct position){0, 0};
	copy->name = "";
	attach(b, copy, a->weight, a->depth);
}

static void on_node(struct yaml_tree *b, const yaml_event_t *e)
{
	if (b->wrong || take_key(b, e))
		return;
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		on_scalar(b, e);
		break;
	case YAML_ALIAS_EVENT:
		on_alias(b, e);
		break;
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		on_start(b, e);
		break;
	default:
		break;
	}
}

/* Anchors are known also behind what is wrong and on keys. */
static void note_anchor(struct yaml_tree *b, const yaml_event_t *e)
{
	const yaml_char_t *name = NULL;

	if (e->type == YAML_SCALAR_EVENT)
		name = e->data.scalar.anchor;
	else if (e->type == YAML_MAPPING_START_EVENT)
		name = e->data.mapping_start.anchor;
	else if (e->type == YAML_SEQUENCE_START_EVENT)
		name = e->data.sequence_start.anchor;
	if (name && !yaml_tree_anchor(b, (const char *)name))
		anchor_open(b, name);
}

void yaml_tree_add(struct yaml_tree *b, const yaml_event_t *e)
{
	bool is_end = e->type == YAML_MAPPING_END_EVENT ||
		      e->type == YAML_SEQUENCE_END_EVENT;

	note_anchor(b, e);
	if (is_end && !b->wrong)
		on_end(b);
	else if (!is_end)
		on_node(b, e);
}
