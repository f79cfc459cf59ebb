/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/nameset.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Open addressing; what was removed leaves a mark that ends no search. */
static char removed[1];

/* FNV-1a. */
static size_t hash(const char *name, size_t len)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
	return (size_t)h;
}

static bool equals(const char *slot, const char *name, size_t len)
{
	return slot != removed && strncmp(slot, name, len) == 0 && !slot[len];
}

/* The slot of the name, or the empty one where it would go. */
static char **find(const struct nameset *s, const char *name, size_t len)
{
	size_t i = hash(name, len) & (s->cap - 1);

	while (s->slots[i] && !equals(s->slots[i], name, len))
		i = (i + 1) & (s->cap - 1);
	return &s->slots[i];
}

static void grow(struct nameset *s)
{
	struct nameset bigger = {.cap = s->cap ? s->cap * 2 : 64};

	bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < s->cap; i++) {
		char *name = s->slots[i];

		if (!name || name == removed)
			continue;
		*find(&bigger, name, strlen(name)) = name;
		bigger.used++;
	}
	free(s->slots);
	*s = bigger;
}

void nameset_add(struct nameset *s, const char *name, size_t len)
{
	char **slot;

	if (2 * s->used >= s->cap)
		grow(s);
	slot = find(s, name, len);
	if (*slot)
		return;
	*slot = xstrndup(name, len);
	s->used++;
}

void nameset_remove(struct nameset *s, const char *name, size_t len)
{
	char **slot = s->cap ? find(s, name, len) : NULL;

	if (!slot || !*slot)
		return;
	free(*slot);
	*slot = removed;
}

bool nameset_has(const struct nameset *s, const char *name, size_t len)
{
	return s->cap && *find(s, name, len);
}

void nameset_clear(struct nameset *s)
{
	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i] != removed)
			free(s->slots[i]);
	free(s->slots);
	*s = (struct nameset){0};
}
