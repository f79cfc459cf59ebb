/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/names.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HASH_FROM 24

/* Most names differ in their first letter: no call then. */
static bool is_same(const char *a, const char *b)
{
	return a[0] == b[0] && strcmp(a, b) == 0;
}

static size_t hash(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

static void names_add(struct names *names, size_t i)
{
	size_t at = hash(names->children[i]->name) & names->mask;

	while (names->slots[at] &&
	       strcmp(names->children[names->slots[at] - 1]->name,
		      names->children[i]->name) != 0)
		at = (at + 1) & names->mask;
	names->slots[at] = i + 1;
}

struct names names_of(struct arena *arena, struct node *const *children,
		      size_t n)
{
	struct names names = {.children = children, .n = n};
	size_t size = 64;

	if (n < HASH_FROM)
		return names;
	while (size < n * 2)
		size *= 2;
	names.slots = arena_alloc(arena, size * sizeof(*names.slots));
	names.mask = size - 1;
	for (size_t i = 0; i < n; i++)
		names_add(&names, i);
	return names;
}

size_t names_find(const struct names *names, const char *name)
{
	size_t at;

	if (!names->slots) {
		for (size_t i = names->n; i > 0; i--)
			if (is_same(names->children[i - 1]->name, name))
				return i - 1;
		return names->n;
	}
	at = hash(name) & names->mask;
	while (names->slots[at]) {
		size_t i = names->slots[at] - 1;

		if (strcmp(names->children[i]->name, name) == 0)
			return i;
		at = (at + 1) & names->mask;
	}
	return names->n;
}
