/* SPDX-License-Identifier: MIT */
/* Finds the last child of a name; small maps are searched, great ones hashed. */
#ifndef CIRRUS_CONFIG_NAMES_H
#define CIRRUS_CONFIG_NAMES_H

#include "base/arena.h"
#include "model/node.h"

struct names {
	struct node *const *children;
	size_t n;
	size_t *slots; /* index + 1, 0: free; NULL: few */
	size_t mask;
};

/* Borrows the children. */
struct names names_of(struct arena *arena, struct node *const *children,
		      size_t n);
/* The index of the last child of that name, or n. */
size_t names_find(const struct names *names, const char *name);

#endif
