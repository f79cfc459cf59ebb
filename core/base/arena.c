/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (32u * 1024)
#define ALIGN      _Alignof(max_align_t)

struct arena_block {
	struct arena_block *previous;
	size_t used, size;
	max_align_t data[];
};

static struct arena_block *block_new(struct arena *a, size_t size)
{
	struct arena_block *b = xcalloc(1, sizeof(*b) + size);

	b->size = size;
	/* A large one goes behind the block in use, which stays open. */
	if (size > BLOCK_SIZE && a->last) {
		b->previous = a->last->previous;
		a->last->previous = b;
	} else {
		b->previous = a->last;
		a->last = b;
	}
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->last;
	char *p;

	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	a->used += size;
	if (a->max && a->used > a->max)
		a->full = true;
	if (!b || b->size - b->used < size)
		b = block_new(a, size > BLOCK_SIZE ? size : BLOCK_SIZE);
	p = (char *)b->data + b->used;
	b->used += size;
	return p;
}

char *arena_memdup0(struct arena *a, const void *data, size_t len)
{
	char *p = arena_alloc(a, len + 1);

	if (len)
		memcpy(p, data, len);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_memdup0(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s, *copy;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	copy = arena_strdup(a, s);
	free(s);
	return copy;
}

void arena_free(struct arena *a)
{
	while (a->last) {
		struct arena_block *b = a->last;

		a->last = b->previous;
		free(b);
	}
	a->used = 0;
	a->full = false;
}
