/* SPDX-License-Identifier: MIT */
/* How the events of libyaml become a tree; a part of yaml.c. */
#ifndef CIRRUS_DATA_YAML_TREE_H
#define CIRRUS_DATA_YAML_TREE_H

#include <stdbool.h>
#include <yaml.h>

#include "base/vec.h"
#include "data/yaml.h"

/* What becomes of a collection when it is closed. */
enum role {
	ROLE_VALUE,
	ROLE_MERGE_ITEMS, /* the list of `<<: [*a, *b]` */
	ROLE_IGNORED      /* an inline map as the value of `<<` */
};

/* One open map or list.  Its children stand on the builder's stack from `first`
 * on until it is closed. */
struct frame {
	struct node *node; /* its kind may change, see become_list() */
	enum role role;
	bool is_map;
	const char *anchor; /* or NULL */
	size_t first;
	size_t weight;   /* nodes in it, those behind aliases included */
	size_t depth;    /* levels below it, aliases included */
	const char *key; /* of a map: the key whose value comes next */
	struct position key_at;
	bool merging; /* the key is `<<` */
};

struct anchor {
	const char *name;
	const struct node *node; /* NULL while it is open */
	size_t weight, depth;
};

VEC_DEFINE(frame_vec, struct frame);
VEC_DEFINE(anchor_vec, struct anchor);
VEC_DEFINE(node_vec, struct node *);

struct yaml_tree {
	const struct yaml_source *src;
	struct arena *arena;
	yaml_parser_t parser;
	struct frame_vec frames;
	struct anchor_vec anchors;
	struct node_vec stack;
	struct position document;
	bool root_is_map; /* as written; `<<` may have made it a list */
	size_t aliased;   /* nodes that aliases stood for so far */
	/* A wrong tree does not end the parse: text that is no YAML at all, even
	 * further down, is the greater news. */
	struct error *wrong;
	struct position wrong_at;
};

struct position yaml_tree_place(yaml_mark_t m);
/* The anchor of that name, or NULL. */
struct anchor *yaml_tree_anchor(struct yaml_tree *b, const char *name);
/* Says that the tree is wrong, unless that was said already. */
void yaml_tree_wrong(struct yaml_tree *b, struct position at, const char *what);
/* Takes a node, or the beginning or end of one; what an alias names is there. */
void yaml_tree_add(struct yaml_tree *b, const yaml_event_t *e);

#endif
