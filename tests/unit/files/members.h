/* SPDX-License-Identifier: MIT */
/* Tar streams, made up member by member. */
#ifndef CIRRUS_TESTS_MEMBERS_H
#define CIRRUS_TESTS_MEMBERS_H

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

struct member {
	const char *name;
	unsigned int mode;
	const char *data; /* or the target of a link */
	bool hard;
};

/* A tar stream of these. */
static inline void make_tar(const struct member *m, size_t n, struct buf *out)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0;

	archive_write_set_format_gnutar(a);
	archive_write_open_memory(a, buf_room(out, 1 << 20), 1 << 20, &used);
	for (; n > 0; n--, m++) {
		size_t len = m->data ? strlen(m->data) : 0;

		archive_entry_clear(e);
		archive_entry_set_pathname(e, m->name);
		archive_entry_set_mode(e, m->mode);
		archive_entry_set_mtime(e, 1000, 0);
		if (m->hard)
			archive_entry_set_hardlink(e, m->data);
		else if (S_ISLNK(m->mode))
			archive_entry_set_symlink(e, m->data);
		else
			archive_entry_set_size(e, (int64_t)len);
		archive_write_header(a, e);
		if (S_ISREG(m->mode) && !m->hard)
			archive_write_data(a, m->data, len);
	}
	archive_entry_free(e);
	archive_write_close(a);
	archive_write_free(a);
	buf_grown(out, used);
}

/* As pack and save_files read. */
static inline ssize_t from_buf(void *ctx, void *data, size_t len)
{
	struct buf *b = ctx;
	size_t n = b->len < len ? b->len : len;

	memcpy(data, b->data, n);
	buf_consume(b, n);
	return (ssize_t)n;
}

#endif
