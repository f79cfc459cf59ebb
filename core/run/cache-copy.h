/* SPDX-License-Identifier: MIT */
/* The contents of caches, between an environment and a file of ours: streams,
 * both ways. */
#ifndef CIRRUS_RUN_CACHE_COPY_H
#define CIRRUS_RUN_CACHE_COPY_H

#include "base/strv.h"
#include "files/manifest.h"
#include "files/pack.h"
#include "run/cache-folders.h"
#include "run/instructions.h"

enum cache_copy {
	CACHE_COPIED,
	CACHE_ABSENT,  /* the folder is not there */
	CACHE_BACKEND, /* status and err say what the backend could not */
	CACHE_LOCAL    /* err says what this machine could not */
};

struct cache_save {
	const struct folders *folders;
	const struct strv *paths; /* folders_find's */
	int fd;                   /* receives the archive; -1: pack.h */
	struct manifest *seen;
	const struct manifest *before; /* or NULL: pack.h */
	struct pack_result result;
	cirrus_status status;
};
enum cache_copy cache_save(struct performance *p, struct cache_save *c,
			   struct error **err) MUST_CHECK;

struct cache_load {
	const struct folders *folders;
	int fd; /* of the archive */
	int64_t size;
	struct manifest *seen; /* or NULL */
	cirrus_status status;
};
enum cache_copy cache_load(struct performance *p, struct cache_load *c,
			   struct error **err) MUST_CHECK;

#endif
