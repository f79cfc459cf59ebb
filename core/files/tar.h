/* SPDX-License-Identifier: MIT */
/* What reading and writing archives has in common: libarchive, with names as
 * bytes. */
#ifndef CIRRUS_FILES_TAR_H
#define CIRRUS_FILES_TAR_H

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>

#include "base/error.h"

/* The next member: 1, 0 at the end, -1. */
int tar_next(struct archive *in, struct archive_entry **entry,
	     struct error **err) MUST_CHECK;

/* A member as it is written: what it is, under another name; owners as numbers.
 * link: the target of a hard link, already checked; or NULL. */
void tar_describe(struct archive_entry *out, struct archive_entry *in,
		  const char *name, const char *link);

/* The next block of contents of `size` bytes, of which `*at` are done; holes
 * become zeros.  1: there is more, 0: all of it is there, -1. */
int tar_copy_block(struct archive *in, struct archive *out, int64_t size,
		   int64_t *at,
		   void (*look)(void *ctx, const void *data, size_t len),
		   void *ctx, struct error **err) MUST_CHECK;

#endif
