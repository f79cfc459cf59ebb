/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/tar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files/member.h"

static la_ssize_t on_read(struct archive *in, void *ctx, const void **data)
{
	struct tar_stream *from = ctx;
	ssize_t n = from->read(from->ctx, from->chunk, TAR_CHUNK);

	*data = from->chunk;
	if (n < 0)
		archive_set_error(in, EIO, "the stream broke off");
	return n;
}

int tar_open(struct archive *in, struct tar_stream *from, struct error **err)
{
	archive_read_support_format_tar(in);
	if (archive_read_open(in, from, NULL, on_read, NULL) == ARCHIVE_OK)
		return 0;
	return error_set(err, ERR_SYSTEM, "no archive came: %s",
			 archive_error_string(in));
}

int tar_next(struct archive *in, struct archive_entry **entry,
	     struct error **err)
{
	int r = archive_read_next_header(in, entry);

	if (r == ARCHIVE_EOF)
		return 0;
	/* a warning is about the text of names, which are bytes to us */
	if (r == ARCHIVE_OK || r == ARCHIVE_WARN)
		return 1;
	return error_set(err, ERR_SYSTEM, "the archive is damaged: %s",
			 archive_error_string(in));
}

static bool is_kept(struct archive_entry *e)
{
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
	case AE_IFDIR:
		return true;
	case AE_IFLNK:
		return archive_entry_symlink(e) != NULL;
	default:
		return archive_entry_hardlink(e) != NULL;
	}
}

enum tar_member tar_member(struct archive_entry *e, struct tar_names *out)
{
	const char *name = archive_entry_pathname(e);
	const char *link = archive_entry_hardlink(e);

	*out = (struct tar_names){name ? member_name(name) : NULL,
				  link ? member_name(link) : NULL};
	if (!out->name || (link && !out->link))
		return TAR_LEADS_OUT;
	return is_kept(e) ? TAR_TAKEN : TAR_OTHER;
}

void tar_names_clear(struct tar_names *n)
{
	free(n->name);
	free(n->link);
}

const char *tar_raw_name(struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);

	return name ? name : "?";
}

void tar_describe(struct archive_entry *out, struct archive_entry *in,
		  const char *name, const char *link)
{
	archive_entry_clear(out);
	archive_entry_set_pathname(out, *name ? name : "./");
	archive_entry_set_mode(out, archive_entry_mode(in));
	archive_entry_set_mtime(out, archive_entry_mtime(in),
				archive_entry_mtime_nsec(in));
	archive_entry_set_uid(out, archive_entry_uid(in));
	archive_entry_set_gid(out, archive_entry_gid(in));
	if (link)
		archive_entry_set_hardlink(out, link);
	else if (archive_entry_filetype(in) == AE_IFLNK)
		archive_entry_set_symlink(out, archive_entry_symlink(in));
	else if (archive_entry_filetype(in) == AE_IFREG)
		archive_entry_set_size(out, archive_entry_size(in));
	else
		archive_entry_set_size(out, 0);
}

static bool is_top(struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);

	return name && archive_entry_filetype(e) == AE_IFDIR &&
	       name[strspn(name, "./")] == '\0';
}

bool tar_is_empty(ssize_t (*read)(void *ctx, void *buf, size_t len), void *ctx)
{
	AUTO_FREE char *chunk = xmalloc(TAR_CHUNK);
	struct tar_stream from = {read, ctx, chunk};
	struct archive *in = archive_read_new();
	struct archive_entry *e;
	int r = tar_open(in, &from, NULL);

	if (r == 0)
		do
			r = tar_next(in, &e, NULL);
		while (r > 0 && is_top(e));
	archive_read_free(in);
	return r <= 0;
}

static int write_data(struct archive *out, const void *data, size_t len,
		      struct error **err)
{
	la_ssize_t n = archive_write_data(out, data, len);

	if (n < 0 || (size_t)n != len)
		return error_set(err, ERR_SYSTEM, "cannot write an archive: %s",
				 archive_error_string(out));
	return 0;
}

static int fill(struct archive *out, int64_t until, int64_t *at,
		void (*look)(void *, const void *, size_t), void *ctx,
		struct error **err)
{
	static const char zeros[65536];

	while (*at < until) {
		int64_t left = until - *at;
		size_t n = left < (int64_t)sizeof(zeros) ? (size_t)left
							 : sizeof(zeros);

		if (write_data(out, zeros, n, err) < 0)
			return -1;
		if (look)
			look(ctx, zeros, n);
		*at += (int64_t)n;
	}
	return 0;
}

int tar_copy_block(struct archive *in, struct archive *out, int64_t size,
		   int64_t *at,
		   void (*look)(void *ctx, const void *data, size_t len),
		   void *ctx, struct error **err)
{
	const void *data;
	size_t len;
	la_int64_t offset;
	int r = archive_read_data_block(in, &data, &len, &offset);

	if (r == ARCHIVE_EOF)
		return fill(out, size, at, look, ctx, err);
	if (r < ARCHIVE_WARN || offset < *at || (int64_t)len > size - offset)
		return error_set(err, ERR_SYSTEM, "the archive is damaged: %s",
				 archive_error_string(in)
					 ? archive_error_string(in)
					 : "a member is longer than it says");
	if (fill(out, offset, at, look, ctx, err) < 0 ||
	    write_data(out, data, len, err) < 0)
		return -1;
	if (look)
		look(ctx, data, len);
	*at += (int64_t)len;
	return 1;
}
