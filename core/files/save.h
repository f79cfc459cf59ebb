/* SPDX-License-Identifier: MIT */
/* Chosen files out of an engine's tar stream to disk, as they come and with a
 * fixed amount of memory.
 *
 * Nothing is written but below the directory that is given: names are the
 * caller's, not the stream's, and a symbolic link in the way is an error, never
 * followed.  A file is there whole or not at all; it keeps its permission bits
 * and its time, and holes stay holes. */
#ifndef CIRRUS_FILES_SAVE_H
#define CIRRUS_FILES_SAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct save_file {
	const char *member; /* its name in the stream */
	const char *name;   /* what it becomes; no "." or ".." in it */
	bool saved;
	bool too_large; /* and thus left out */
};

struct save {
	int dir;                 /* an open directory */
	const char *path;        /* of it, for messages */
	struct save_file *files; /* sorted by member, some of which may agree */
	size_t n_files;
	int64_t max; /* bytes of a file; 0: no matter */
	/* A file begins, and is there; either may be NULL. */
	void (*begins)(void *ctx, const struct save_file *f, int64_t size);
	void (*ends)(void *ctx, const struct save_file *f);
	void *ctx;
};

/* Reads to the end of the archive.  read: how many bytes, 0 at the end, -1 where
 * it broke off.  What the stream does not hold stays unsaved. */
int save_files(struct save *s,
	       ssize_t (*read)(void *ctx, void *buf, size_t len), void *ctx,
	       struct error **err) MUST_CHECK;

/* Opens a file that was saved, for reading: its fd, or -1 with errno. */
int save_open(const struct save *s, const char *name) MUST_CHECK;

#endif
