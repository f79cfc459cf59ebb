/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/fd.h"
#include "files/tar.h"

#define THREADS 8 /* the most that compress at once */

struct packing {
	struct tar_stream from;
	int fd, write_errno;
	const struct pack_options *o;
	struct pack_result *result;
	struct archive *in, *out;
	struct archive_entry *entry;
	struct hash *hash; /* of the archive */
};

/* --- the two ends ------------------------------------------------------------- */

static la_ssize_t on_write(struct archive *out, void *ctx, const void *data,
			   size_t len)
{
	struct packing *p = ctx;

	if (p->fd < 0)
		return (la_ssize_t)len;
	if (fd_write_all(p->fd, data, len) < 0) {
		p->write_errno = errno;
		archive_set_error(out, errno, "cannot write");
		return -1;
	}
	hash_add(p->hash, data, len);
	p->result->bytes += (int64_t)len;
	return (la_ssize_t)len;
}

static void set_threads(struct archive *out)
{
	int n = compat_processors();
	char text[16];

	snprintf(text, sizeof(text), "%d", n < THREADS ? n : THREADS);
	/* an older library, or a zstd without threads: as good, but slower */
	archive_write_set_filter_option(out, "zstd", "threads", text);
}

static int compress(struct packing *p, struct error **err)
{
	archive_write_set_bytes_per_block(p->out, TAR_CHUNK);
	archive_write_set_bytes_in_last_block(p->out, 1);
	if (archive_write_add_filter_zstd(p->out) != ARCHIVE_OK)
		return error_set(err, ERR_SYSTEM,
				 "libarchive cannot compress by zstd: %s",
				 archive_error_string(p->out));
	set_threads(p->out);
	return 0;
}

static int open_both(struct packing *p, struct error **err)
{
	archive_write_set_format_gnutar(p->out);
	archive_write_set_bytes_per_block(p->out, 0);
	if (p->fd >= 0 && compress(p, err) < 0)
		return -1;
	if (archive_write_open(p->out, p, NULL, on_write, NULL) != ARCHIVE_OK)
		return error_set(err, ERR_SYSTEM, "cannot begin an archive: %s",
				 archive_error_string(p->out));
	return tar_open(p->in, &p->from, err);
}

/* --- members -------------------------------------------------------------------- */

static void look(void *ctx, const void *data, size_t len)
{
	hash_add(ctx, data, len);
}

/* Whether the contents have to tell if it changed. */
static bool wants_digest(const struct packing *p,
			 const struct manifest_item *item)
{
	const struct manifest_item *before =
		p->o->before ? manifest_find(p->o->before, item->path) : NULL;

	return before && manifest_compare(before, item) == MANIFEST_TOUCHED;
}

static int copy_contents(struct packing *p, struct manifest_item *item,
			 int64_t size, struct error **err)
{
	struct hash *hash = NULL;
	char digest[HASH_TEXT];
	int64_t at = 0;
	int r = 1;

	if (item && wants_digest(p, item))
		hash = hash_new(HASH_SHA256);
	while (r > 0)
		r = tar_copy_block(p->in, p->out, size, &at, hash ? look : NULL,
				   hash, err);
	if (hash) {
		hash_end(hash, digest);
		item->digest = xstrdup(digest);
	}
	return r;
}

static struct manifest_item *note(struct packing *p, const char *name,
				  struct archive_entry *e, const char *link)
{
	struct manifest_item item = {
		.path = (char *)name,
		.link = (char *)(link ? link : archive_entry_symlink(e)),
		.mode = archive_entry_mode(e),
		.size = archive_entry_size(e),
		.mtime_s = archive_entry_mtime(e)};

	return p->o->seen ? manifest_add(p->o->seen, &item) : NULL;
}

static int put(struct packing *p, const char *name, struct archive_entry *e,
	       const char *link, struct error **err)
{
	long root = p->o->rules->root(p->o->rules->ctx, name);
	struct manifest_item *item = note(p, name, e, link);
	bool file = archive_entry_filetype(e) == AE_IFREG && !link;
	int64_t size = file ? archive_entry_size(e) : 0;

	tar_describe(p->entry, e, name, link);
	if (archive_write_header(p->out, p->entry) < ARCHIVE_WARN)
		return error_set(err, ERR_SYSTEM, "cannot archive %s: %s", name,
				 archive_error_string(p->out));
	p->result->members += strlen(name) > (size_t)root;
	p->result->files += file;
	p->result->content += size;
	return size > 0 ? copy_contents(p, item, size, err) : 0;
}

static int take(struct packing *p, struct archive_entry *e, struct error **err)
{
	AUTO_TAR_NAMES struct tar_names n;
	enum tar_member what = tar_member(e, &n);

	if (what == TAR_LEADS_OUT)
		return error_set(err, ERR_SYSTEM, "a member leads out: %s",
				 tar_raw_name(e));
	if (what == TAR_OTHER ||
	    p->o->rules->root(p->o->rules->ctx, n.name) < 0)
		return 0;
	return put(p, n.name, e, n.link, err);
}

static int take_all(struct packing *p, struct error **err)
{
	struct archive_entry *e;
	int r;

	while ((r = tar_next(p->in, &e, err)) > 0)
		if (take(p, e, err) < 0)
			return -1;
	if (r == 0 && archive_write_close(p->out) != ARCHIVE_OK)
		return error_set(err, ERR_SYSTEM, "cannot end the archive: %s",
				 archive_error_string(p->out));
	return r;
}

int pack(ssize_t (*read)(void *ctx, void *buf, size_t len), void *ctx, int fd,
	 const struct pack_options *o, struct pack_result *result,
	 struct error **err)
{
	struct packing p = {.from = {read, ctx, xmalloc(TAR_CHUNK)},
			    .fd = fd,
			    .o = o,
			    .result = result,
			    .in = archive_read_new(),
			    .out = archive_write_new(),
			    .entry = archive_entry_new(),
			    .hash = hash_new(HASH_SHA256)};
	AUTO_ERROR struct error *cause = NULL;
	int r;

	*result = (struct pack_result){0};
	r = open_both(&p, &cause);
	if (r == 0)
		r = take_all(&p, &cause);
	/* freed, an archive is closed: what it still writes is not counted */
	archive_read_free(p.in);
	archive_write_free(p.out);
	archive_entry_free(p.entry);
	hash_end(p.hash, result->sha256);
	free(p.from.chunk);
	if (r < 0 && p.write_errno)
		return error_errno(err, p.write_errno, "cannot write");
	if (r < 0)
		error_pass(err, &cause, "cannot pack");
	return r;
}
