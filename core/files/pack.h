/* SPDX-License-Identifier: MIT */
/* From the tar stream of an engine to a compressed archive of ours, in one pass
 * and with a fixed amount of memory.
 *
 * An archive of ours is tar, compressed by zstd: directories, regular files,
 * symbolic and hard links with names relative to a top; owners as numbers.
 * Anything else (sockets, devices) stays out. */
#ifndef CIRRUS_FILES_PACK_H
#define CIRRUS_FILES_PACK_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/hash.h"
#include "files/manifest.h"
#include "files/member.h"

struct pack_options {
	const struct member_rules *rules; /* what lies in no folder stays out */
	/* What is packed, unsorted at the end; or NULL. */
	struct manifest *seen;
	/* A sorted one: contents whose time alone differs from it get a digest
	 * in `seen`; or NULL. */
	const struct manifest *before;
};

struct pack_result {
	int64_t bytes;          /* of the archive */
	int64_t content;        /* of what is in it */
	int64_t files;          /* regular ones */
	int64_t members;        /* all of them, tops not counted */
	char sha256[HASH_TEXT]; /* of the archive */
};

/* Into fd; fd -1: no archive is made, which takes a fraction of the time, and the
 * result has neither its size nor its digest.
 * read: how many bytes, 0 at the end, -1 where it broke: then what went wrong is
 * the caller's to say, and *err tells only what followed. */
int pack(ssize_t (*read)(void *ctx, void *buf, size_t len), void *ctx, int fd,
	 const struct pack_options *o, struct pack_result *result,
	 struct error **err) MUST_CHECK;

#endif
