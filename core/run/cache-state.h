/* SPDX-License-Identifier: MIT */
/* What a cache instruction leaves for its upload. */
#ifndef CIRRUS_RUN_CACHE_STATE_H
#define CIRRUS_RUN_CACHE_STATE_H

#include "base/hash.h"
#include "files/manifest.h"
#include "run/cache-folders.h"
#include "run/cache.h"
#include "store/cache.h"

/* One cache of a task, from its instruction to its upload. */
struct cached {
	struct cached *next;
	const struct instruction *instruction;
	struct folders folders;
	char *key;
	bool exact;             /* the entry of that key is there */
	bool restored;          /* that one, or the newest of its name */
	bool unfit;             /* what is in the folders is not to be kept */
	struct manifest before; /* as restored, where changes matter */
	int fd;                 /* the archive it was restored from, or -1 */
	int64_t size;
	char sha256[HASH_TEXT];
};

/* The last one of that name, or NULL. */
struct cached *caches_find(const struct performance *p, const char *name);
/* Where caches are kept, or NULL. */
struct cache_dir *caches_dir(const struct performance *p);

void cache_warn(struct step *s, const char *what, const struct error *err);
struct step_result cache_fail(struct performance *p);

#endif
