/* SPDX-License-Identifier: MIT */
/* A tar stream that is made while it is read: no temporary file, and no more
 * memory than a buffer, however large the project.
 *
 *	struct archive_source *a = archive_source_new();
 *
 *	archive_source_file(a, "tmp/x/script", text, len, 0755);
 *	archive_source_tree(a, "tmp/x/work", &project);
 *	while ((n = archive_source_read(a, buf, sizeof(buf))) > 0)
 *		...
 *
 * One thread at a time. */
#ifndef CIRRUS_FILES_ARCHIVE_H
#define CIRRUS_FILES_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "files/project.h"

struct archive_source;
struct archive_source *archive_source_new(void);
void archive_source_free(struct archive_source *a);

/* Names have no leading slash.  data is copied. */
void archive_source_directory(struct archive_source *a, const char *name,
			      mode_t mode);
void archive_source_file(struct archive_source *a, const char *name,
			 const void *data, size_t len, mode_t mode);
/* The project below `name`, which becomes a directory; p is borrowed.  With
 * `open_to_all`, modes are widened so that any user can read everything and
 * write directories. */
void archive_source_tree(struct archive_source *a, const char *name,
			 const struct project *p, bool open_to_all);

/* As a struct cirrus_reader reads: how many bytes; 0 at the end; -1 where
 * something failed, see archive_source_error. */
int64_t archive_source_read(void *source, void *buf, size_t len);
const struct error *archive_source_error(const struct archive_source *a);

#endif
