/* SPDX-License-Identifier: MIT */
/* What reading and writing archives has in common: libarchive, with names as
 * bytes. */
#ifndef CIRRUS_FILES_TAR_H
#define CIRRUS_FILES_TAR_H

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* A stream that an archive is read from; chunk is its buffer. */
struct tar_stream {
	/* how many bytes, 0 at the end, -1 where it broke */
	ssize_t (*read)(void *ctx, void *buf, size_t len);
	void *ctx;
	char *chunk;
};
#define TAR_CHUNK (1024u * 1024)
int tar_open(struct archive *in, struct tar_stream *from,
	     struct error **err) MUST_CHECK;

/* The next member: 1, 0 at the end, -1. */
int tar_next(struct archive *in, struct archive_entry **entry,
	     struct error **err) MUST_CHECK;

/* Whether a stream has no member, but for the directory that it is all in; read as
 * pack() reads, no further than need be.  A broken one has none. */
bool tar_is_empty(ssize_t (*read)(void *ctx, void *buf, size_t len), void *ctx);

/* The names of a member as member_name has them, for free(): NULL where it leads
 * upwards; link: of what it is a hard link to. */
struct tar_names {
	char *name, *link;
};
enum tar_member {
	TAR_TAKEN, /* a file, directory or link */
	TAR_OTHER, /* a socket, a device ...: stays out */
	TAR_LEADS_OUT
};
enum tar_member tar_member(struct archive_entry *e, struct tar_names *out);
void tar_names_clear(struct tar_names *n);
#define AUTO_TAR_NAMES __attribute__((__cleanup__(tar_names_clear)))
/* As an error tells of it. */
const char *tar_raw_name(struct archive_entry *e);

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
