/* SPDX-License-Identifier: MIT */
/* Memory that is given back all at once.
 *
 * What is read from a configuration, a plan or an answer of an engine lives and
 * dies together; an arena makes that one call, so that there is nothing to leak
 * by construction.  Pointers stay valid until arena_free.  One owner, no locks.
 *
 * `max` caps the sum of all allocations (0: no cap).  At the cap allocations
 * still succeed, so that no caller needs a check at each of them, but `full` is
 * set; who feeds an arena from input looks at it and stops. */
#ifndef CIRRUS_BASE_ARENA_H
#define CIRRUS_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct arena {
	struct arena_block *last;
	size_t used, max;
	bool full;
};

void *arena_alloc(struct arena *a, size_t size); /* zeroed */
char *arena_strdup(struct arena *a, const char *s);
char *arena_memdup0(struct arena *a, const void *data, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
void arena_free(struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define AUTO_ARENA         __attribute__((__cleanup__(arena_free)))

#endif
