/* SPDX-License-Identifier: MIT */
/* A piece of a configuration as it stands in its file: a tree of maps, lists and
 * scalars with positions.
 *
 * Nodes live in an arena and are never written once they are built, so that
 * subtrees are shared freely: an alias, a merged key or a cell of a matrix costs
 * pointers, not copies.  A map may hold the same key more than once; all of them
 * stay, in the order of the file. */
#ifndef CIRRUS_MODEL_NODE_H
#define CIRRUS_MODEL_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/mem.h"

/* In the text of a file, counted from 1, columns in characters; line 0: nowhere
 * in particular. */
struct position {
	int line, column;
};

enum node_kind { NODE_SCALAR, NODE_MAP, NODE_LIST };

struct node {
	enum node_kind kind;
	struct position at;     /* of the key, or of the item in a list */
	const char *name;       /* the key it stands under; "" in a list */
	const char *text;       /* of a scalar; never NULL */
	struct node **children; /* of a map or list, in order */
	size_t n_children;
};

const char *node_kind_name(enum node_kind kind); /* "map" */

/* The last child of a map under this key, or NULL. */
const struct node *node_get(const struct node *map, const char *key);

/* Reports what is wrong at a place: "PATH:LINE:COLUMN: words", without the place
 * where it is nowhere in particular.  Returns -1. */
int node_error(struct error **err, const char *path, struct position at,
	       const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Checks that a map, read from `path`, holds no key but these (NULL-terminated);
 * the error names the nearest known key. */
int node_check_keys(const struct node *map, const char *const *known,
		    const char *path, struct error **err) MUST_CHECK;

#endif
