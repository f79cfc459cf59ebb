/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/vec.h"

/* One read from a file; what the tar format adds comes on top. */
#define CHUNK (512u * 1024)

/* An entry of our own, or a tree. */
struct part {
	char *name;
	char *data; /* NULL: a directory, or a tree */
	size_t len;
	mode_t mode;
	const struct project *tree;
	bool open_to_all;
};

VEC_DEFINE(part_vec, struct part);

struct archive_source {
	struct part_vec parts;
	size_t part, path; /* where we are; path within a tree */
	struct archive *tar;
	struct archive_entry *entry;
	int file;     /* being copied, or -1 */
	int64_t left; /* of it */
	int root;     /* of the tree we are in, or -1 */
	bool done;
	char *chunk;
	char *out; /* made and not yet read */
	size_t out_at, out_len, out_cap;
	struct error *err;
};

static ssize_t on_write(struct archive *tar UNUSED, void *ctx, const void *data,
			size_t len)
{
	struct archive_source *a = ctx;

	if (a->out_len + len > a->out_cap) {
		a->out_cap = (a->out_len + len) * 2;
		a->out = xreallocarray(a->out, a->out_cap, 1);
	}
	memcpy(a->out + a->out_len, data, len);
	a->out_len += len;
	return (ssize_t)len;
}

struct archive_source *archive_source_new(void)
{
	struct archive_source *a = xcalloc(1, sizeof(*a));

	a->file = a->root = -1;
	a->chunk = xmalloc(CHUNK);
	a->entry = archive_entry_new();
	a->tar = archive_write_new();
	/* for times below a second; names that are no text of the locale are
	 * marked as bytes, which costs a warning that put_header passes over */
	archive_write_set_format_pax(a->tar);
	archive_write_set_bytes_per_block(a->tar, 0);
	archive_write_open(a->tar, a, NULL, on_write, NULL);
	return a;
}

void archive_source_free(struct archive_source *a)
{
	if (!a)
		return;
	archive_write_free(a->tar);
	archive_entry_free(a->entry);
	for (size_t i = 0; i < a->parts.len; i++) {
		free(a->parts.ptr[i].name);
		free(a->parts.ptr[i].data);
	}
	part_vec_clear(&a->parts);
	fd_close(&a->file);
	fd_close(&a->root);
	free(a->chunk);
	free(a->out);
	error_free(a->err);
	free(a);
}

const struct error *archive_source_error(const struct archive_source *a)
{
	return a->err;
}

void archive_source_directory(struct archive_source *a, const char *name,
			      mode_t mode)
{
	struct part p = {.name = xstrdup(name), .mode = S_IFDIR | mode};

	part_vec_push(&a->parts, p);
}

void archive_source_file(struct archive_source *a, const char *name,
			 const void *data, size_t len, mode_t mode)
{
	struct part p = {.name = xstrdup(name),
			 .data = xmemdup0(data, len),
			 .len = len,
			 .mode = S_IFREG | mode};

	part_vec_push(&a->parts, p);
}

void archive_source_tree(struct archive_source *a, const char *name,
			 const struct project *tree, bool open_to_all)
{
	struct part p = {.name = xstrdup(name),
			 .tree = tree,
			 .mode = S_IFDIR | (open_to_all ? 0777 : 0755),
			 .open_to_all = open_to_all};

	part_vec_push(&a->parts, p);
	for (size_t i = 0; i < tree->n_grafts; i++) {
		const struct graft *g = &tree->grafts[i];
		AUTO_FREE char *at = xasprintf("%s/%s", name, g->at);
		AUTO_FREE char *config = xasprintf("%s/config", at);

		archive_source_tree(a, at, &g->tree, open_to_all);
		if (g->config)
			archive_source_file(a, config, g->config,
					    strlen(g->config),
					    open_to_all ? 0666 : 0644);
	}
}

static int put_header(struct archive_source *a)
{
	if (archive_write_header(a->tar, a->entry) < ARCHIVE_WARN)
		return error_set(&a->err, ERR_SYSTEM, "cannot archive %s: %s",
				 archive_entry_pathname(a->entry),
				 archive_error_string(a->tar));
	return 0;
}

static int put_data(struct archive_source *a, const void *data, size_t len)
{
	if (archive_write_data(a->tar, data, len) < 0)
		return error_set(&a->err, ERR_SYSTEM, "cannot archive: %s",
				 archive_error_string(a->tar));
	return 0;
}

static int put_own(struct archive_source *a, const struct part *p)
{
	archive_entry_clear(a->entry);
	archive_entry_set_pathname(a->entry, p->name);
	archive_entry_set_mode(a->entry, p->mode);
	archive_entry_set_mtime(a->entry, time(NULL), 0);
	archive_entry_set_size(a->entry, (int64_t)p->len);
	if (put_header(a) < 0)
		return -1;
	return p->len > 0 ? put_data(a, p->data, p->len) : 0;
}

static mode_t mode_for(const struct part *p, mode_t mode)
{
	if (!p->open_to_all || S_ISLNK(mode))
		return mode;
	if (S_ISDIR(mode))
		return mode | 0777;
	return mode | 0666 | (mode & 0100 ? 0111 : 0);
}

static int set_link(struct archive_source *a, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(a->root, path, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	archive_entry_set_symlink(a->entry, target);
	return 0;
}

/* -1: it went away since the scan, or is nothing that is copied. */
static int describe(struct archive_source *a, const struct part *p,
		    const char *path, struct stat *st)
{
	AUTO_FREE char *name = xasprintf("%s/%s", p->name, path);

	if (fstatat(a->root, path, st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	archive_entry_clear(a->entry);
	archive_entry_set_pathname(a->entry, name);
	archive_entry_set_mode(a->entry, mode_for(p, st->st_mode));
	archive_entry_set_mtime(a->entry, st->st_mtim.tv_sec,
				st->st_mtim.tv_nsec);
	if (S_ISLNK(st->st_mode))
		return set_link(a, path);
	if (S_ISREG(st->st_mode))
		archive_entry_set_size(a->entry, st->st_size);
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) ? 0 : -1;
}

static int put_path(struct archive_source *a, const struct part *p,
		    const char *path)
{
	struct stat st;

	if (describe(a, p, path, &st) < 0)
		return 0;
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		a->file = openat(a->root, path,
				 O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (a->file < 0 && errno == ENOENT)
			return 0;
		if (a->file < 0)
			return error_errno(&a->err, errno, "cannot open %s/%s",
					   p->tree->root, path);
		a->left = st.st_size;
	}
	return put_header(a);
}

/* The next piece of the open file.  One that shrank is filled up with zeros,
 * by libarchive, to the size its header promised. */
static int put_chunk(struct archive_source *a)
{
	size_t want = a->left < (int64_t)CHUNK ? (size_t)a->left : CHUNK;
	ssize_t n = fd_read(a->file, a->chunk, want);

	if (n < 0)
		return error_errno(&a->err, errno, "cannot read %s",
				   archive_entry_pathname(a->entry));
	if (n > 0 && put_data(a, a->chunk, (size_t)n) < 0)
		return -1;
	a->left -= n;
	if (n == 0 || a->left == 0)
		fd_close(&a->file);
	return 0;
}

static int open_tree(struct archive_source *a, const struct project *p)
{
	a->root = open(p->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->root < 0)
		return error_errno(&a->err, errno, "cannot open %s", p->root);
	return 0;
}

/* Makes a little more of the stream. */
static int produce(struct archive_source *a)
{
	const struct part *p;

	if (a->file >= 0)
		return put_chunk(a);
	if (a->part == a->parts.len) {
		a->done = true;
		return archive_write_close(a->tar) == ARCHIVE_OK ? 0 : -1;
	}
	p = &a->parts.ptr[a->part];
	if (p->tree && a->root >= 0 && a->path < p->tree->paths.len)
		return put_path(a, p, p->tree->paths.v[a->path++]);
	if (p->tree && a->root < 0) {
		a->path = 0;
		return open_tree(a, p->tree) < 0 ? -1 : put_own(a, p);
	}
	fd_close(&a->root);
	a->part++;
	return p->tree ? 0 : put_own(a, p);
}

int64_t archive_source_read(void *source, void *buf, size_t len)
{
	struct archive_source *a = source;
	size_t n;

	if (a->out_at == a->out_len) {
		a->out_at = a->out_len = 0;
		while (a->out_len < len && !a->done)
			if (produce(a) < 0)
				return -1;
	}
	n = a->out_len - a->out_at;
	n = n < len ? n : len;
	memcpy(buf, a->out + a->out_at, n);
	a->out_at += n;
	return (int64_t)n;
}
