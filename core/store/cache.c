/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "store/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/strv.h"
#include "store/cache-dir.h"
#include "store/cache-entry.h"

/* --- finding ------------------------------------------------------------------ */

/* 1, 0 or -1, as cache_find. */
static int open_entry(struct cache_dir *d, const char *file,
		      enum cache_kind kind, struct cache_entry *e, int *fd,
		      struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/%s", cache_dir_path(d), file);
	AUTO_CLOSE int opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (opened < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (opened < 0)
		return error_errno(err, errno, "cannot open %s", path);
	if (cache_describe(opened, e, err) < 0)
		return -1;
	if (e->kind != kind) {
		cache_entry_clear(e);
		return error_set(err, ERR_CONFIG,
				 "the cache entry is damaged: it is not what "
				 "its name says");
	}
	e->file = xstrdup(file);
	*fd = STEAL_FD(opened);
	return 1;
}

int cache_find(struct cache_dir *d, enum cache_kind kind, const char *key,
	       struct cache_entry *e, int *fd, struct error **err)
{
	AUTO_FREE char *file = cache_entry_file(kind, key);

	return open_entry(d, file, kind, e, fd, err);
}

bool cache_exists(struct cache_dir *d, enum cache_kind kind, const char *key)
{
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_CLOSE int fd = -1;

	return cache_find(d, kind, key, &e, &fd, NULL) == 1;
}

static int newest_first(const void *a, const void *b)
{
	const struct cache_entry *x = a, *y = b;

	if (x->created_ns != y->created_ns)
		return x->created_ns > y->created_ns ? -1 : 1;
	return strcmp(x->file, y->file);
}

int cache_list(struct cache_dir *d, struct cache_entries *out,
	       struct error **err)
{
	DIR *dir = opendir(cache_dir_path(d));
	struct dirent *file;
	enum cache_kind kind;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return error_errno(err, errno, "cannot read %s",
				   cache_dir_path(d));
	while ((file = readdir(dir))) {
		struct cache_entry e = {0};
		AUTO_CLOSE int fd = -1;

		if (cache_entry_is_file(file->d_name, &kind) &&
		    open_entry(d, file->d_name, kind, &e, &fd, NULL) == 1)
			cache_entries_push(out, e);
	}
	closedir(dir);
	if (out->len > 0)
		qsort(out->ptr, out->len, sizeof(*out->ptr), newest_first);
	return 0;
}

int cache_find_newest(struct cache_dir *d, const char *name,
		      struct cache_entry *e, int *fd, struct error **err)
{
	AUTO_CACHE_ENTRIES struct cache_entries all = {0};

	if (cache_list(d, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.len; i++)
		if (all.ptr[i].kind == CACHE_ARCHIVE &&
		    strcmp(all.ptr[i].name, name) == 0 &&
		    open_entry(d, all.ptr[i].file, CACHE_ARCHIVE, e, fd,
			       NULL) == 1)
			return 1;
	return 0;
}

int cache_verify(int fd, const struct cache_entry *e, struct error **err)
{
	AUTO_FREE char *chunk = xmalloc(BUF_MESSAGE);
	struct hash *h = hash_new(HASH_SHA256);
	char digest[HASH_TEXT];
	int64_t at = 0;
	ssize_t n = 1;

	while (at < e->size && n > 0) {
		int64_t left = e->size - at;

		n = pread(fd, chunk,
			  left < BUF_MESSAGE ? (size_t)left : BUF_MESSAGE, at);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			hash_add(h, chunk, (size_t)n);
		at += n > 0 ? n : 0;
	}
	hash_end(h, digest);
	if (n < 0)
		return error_errno(err, errno, "cannot read the cache entry");
	if (strcmp(digest, e->sha256) != 0)
		return error_set(err, ERR_CONFIG,
				 "the cache entry is damaged: its digest is "
				 "not what was stored");
	return 0;
}

void cache_touch(int fd)
{
	struct timespec now[2] = {{.tv_nsec = UTIME_OMIT},
				  {.tv_nsec = UTIME_NOW}};
	int r UNUSED = futimens(fd, now);
}

int cache_remove(struct cache_dir *d, const struct cache_entry *e,
		 struct error **err)
{
	AUTO_FREE char *file =
		e->file ? xstrdup(e->file) : cache_entry_file(e->kind, e->key);
	AUTO_FREE char *path = xasprintf("%s/%s", cache_dir_path(d), file);

	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(err, errno, "cannot remove %s", path);
	return 0;
}

/* --- writing -------------------------------------------------------------------- */

struct cache_writer {
	struct cache_dir *dir;
	char *path; /* of the temporary file */
	int fd;
};

/* What dead writers left: nobody holds it. */
static void sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		AUTO_FREE char *path = xasprintf("%s/%s", dir, e->d_name);
		AUTO_CLOSE int fd = -1;

		if (!str_starts(e->d_name, "tmp-"))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			unlink(path);
	}
	if (d)
		closedir(d);
}

static int make_temporary(struct cache_writer *w, struct error **err)
{
	w->path = xasprintf("%s/tmp-XXXXXX", cache_dir_path(w->dir));
	w->fd = mkostemp(w->path, O_CLOEXEC);
	if (w->fd < 0) {
		int cause = errno;

		*strrchr(w->path, '/') = '\0';
		error_errno(err, cause, "cannot write to %s", w->path);
		free(STEAL_PTR(w->path));
		return -1;
	}
	if (flock(w->fd, LOCK_EX | LOCK_NB) < 0)
		return error_errno(err, errno, "cannot lock %s", w->path);
	return 0;
}

/* So that no sweep sees a file before its own lock is held. */
static int lock_dir(const struct cache_dir *d, struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/lock", cache_dir_path(d));
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return error_errno(err, errno, "cannot lock %s", path);
	return STEAL_FD(fd);
}

void cache_sweep(const struct cache_dir *d)
{
	AUTO_CLOSE int lock = lock_dir(d, NULL);

	if (lock >= 0)
		sweep(cache_dir_path(d));
}

int cache_create(struct cache_dir *d, struct cache_writer **out,
		 struct error **err)
{
	struct cache_writer *w;
	AUTO_CLOSE int lock = -1;

	if (cache_dir_make(d, err) < 0)
		return -1;
	lock = lock_dir(d, err);
	if (lock < 0)
		return -1;
	sweep(cache_dir_path(d));
	w = xcalloc(1, sizeof(*w));
	w->dir = d;
	if (make_temporary(w, err) < 0) {
		cache_discard(w);
		return -1;
	}
	*out = w;
	return 0;
}

int cache_writer_fd(const struct cache_writer *w)
{
	return w->fd;
}

static int finish(struct cache_writer *w, const struct cache_entry *e,
		  struct error **err)
{
	AUTO_FREE char *file = cache_entry_file(e->kind, e->key);
	AUTO_FREE char *path = xasprintf("%s/%s", cache_dir_path(w->dir), file);
	struct cache_entry made = *e;

	made.created_ns = clock_epoch();
	if (lseek(w->fd, e->size, SEEK_SET) < 0)
		return error_errno(err, errno, "cannot write %s", path);
	if (cache_entry_write(w->fd, &made, err) < 0)
		return -1;
	if (rename(w->path, path) < 0)
		return error_errno(err, errno, "cannot write %s", path);
	free(STEAL_PTR(w->path));
	return 0;
}

int cache_commit(struct cache_writer *w, const struct cache_entry *e,
		 struct error **err)
{
	int r = finish(w, e, err);

	cache_discard(w);
	return r;
}

void cache_discard(struct cache_writer *w)
{
	if (!w)
		return;
	if (w->path)
		unlink(w->path);
	free(w->path);
	fd_close(&w->fd);
	free(w);
}

int cache_import(struct cache_dir *d, int fd, const struct cache_entry *e,
		 struct error **err)
{
	AUTO_FREE char *chunk = xmalloc(BUF_MESSAGE);
	struct cache_writer *w;
	int64_t at = 0;

	if (cache_create(d, &w, err) < 0)
		return -1;
	while (at < e->size) {
		int64_t left = e->size - at;
		ssize_t n = pread(
			fd, chunk,
			left < BUF_MESSAGE ? (size_t)left : BUF_MESSAGE, at);

		if (n <= 0 || fd_write_all(w->fd, chunk, (size_t)n) < 0) {
			int cause = n == 0 ? EIO : errno;

			cache_discard(w);
			return error_errno(err, cause, "cannot copy");
		}
		at += n;
	}
	return cache_commit(w, e, err);
}
