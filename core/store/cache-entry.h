/* SPDX-License-Identifier: MIT */
/* The end of an entry's file, which says what stands before it. */
#ifndef CIRRUS_STORE_CACHE_ENTRY_H
#define CIRRUS_STORE_CACHE_ENTRY_H

#include "store/cache.h"

/* "<digest>.tar.zst"; for free(). */
char *cache_entry_file(enum cache_kind kind, const char *key);
/* Whether a file of the directory is called like an entry, and of which kind. */
bool cache_entry_is_file(const char *name, enum cache_kind *kind);

/* Behind the contents; fd stands there. */
int cache_entry_write(int fd, const struct cache_entry *e,
		      struct error **err) MUST_CHECK;

#endif
