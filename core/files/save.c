/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "files/member.h"
#include "files/tar.h"

struct saving {
	struct save *s;
	struct tar_stream from;
	struct archive *in;
	struct error **err;
};

static int fail(struct saving *v, const char *name, int errnum)
{
	return error_errno(v->err, errnum, "cannot write %s/%s", v->s->path,
			   name);
}

/* --- one new file ------------------------------------------------------------- */

/* A file on its way: under a name of its own until all of it is there. */
struct part {
	const char *name;
	int dir, fd;
	char *base; /* the name in dir */
	char temporary[32];
};

static void part_clear(struct part *p)
{
	if (p->fd >= 0)
		unlinkat(p->dir, p->temporary, 0);
	fd_close(&p->fd);
	fd_close(&p->dir);
	free(p->base);
}
#define AUTO_PART __attribute__((__cleanup__(part_clear)))

/* Goes one name down, making what is not there; 0, or -1 with errno. */
static int descend(int *dir, const char *name)
{
	int fd;

	if (mkdirat(*dir, name, 0777) < 0 && errno != EEXIST)
		return -1;
	fd = openat(*dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	fd_close(dir);
	*dir = fd;
	return 0;
}

/* The directory that name is in: its fd, or -1 with errno. */
static int open_parent(const struct save *s, const char *name, char **base)
{
	AUTO_CLOSE int dir = fcntl(s->dir, F_DUPFD_CLOEXEC, 3);
	const char *slash;

	for (; dir >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
		AUTO_FREE char *part = xstrndup(name, (size_t)(slash - name));

		if (descend(&dir, part) < 0)
			return -1;
	}
	*base = xstrdup(name);
	return STEAL_FD(dir);
}

int save_open(const struct save *s, const char *name)
{
	AUTO_FREE char *base = NULL;
	AUTO_CLOSE int dir = open_parent(s, name, &base);

	if (dir < 0)
		return -1;
	return openat(dir, base,
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static int part_open(struct saving *v, struct part *p, const char *name)
{
	char random[17];

	*p = (struct part){.name = name, .fd = -1};
	random_hex(random, 8);
	snprintf(p->temporary, sizeof(p->temporary), ".cirrus-%s", random);
	p->dir = open_parent(v->s, name, &p->base);
	if (p->dir >= 0)
		p->fd = openat(p->dir, p->temporary,
			       O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return p->fd < 0 ? fail(v, name, errno) : 0;
}

/* From here on it is there, in place of what was. */
static int part_finish(struct saving *v, struct part *p, int64_t size,
		       mode_t mode, const struct timespec *mtime)
{
	const struct timespec times[] = {*mtime, *mtime};

	if (ftruncate(p->fd, size) < 0 || fchmod(p->fd, mode & 0777) < 0 ||
	    futimens(p->fd, times) < 0 ||
	    renameat(p->dir, p->temporary, p->dir, p->base) < 0)
		return fail(v, p->name, errno);
	fd_close(&p->fd);
	return 0;
}

static int put(struct saving *v, const struct part *p, const char *data,
	       size_t len, int64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(p->fd, data, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(v, p->name, n < 0 ? errno : EIO);
		data += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* --- from the stream ------------------------------------------------------------ */

static int copy_contents(struct saving *v, const struct part *p)
{
	const void *data;
	size_t len;
	la_int64_t at;
	int r;

	while ((r = archive_read_data_block(v->in, &data, &len, &at)) ==
	       ARCHIVE_OK)
		if (put(v, p, data, len, at) < 0)
			return -1;
	if (r == ARCHIVE_EOF)
		return 0;
	return error_set(v->err, ERR_SYSTEM, "the archive is damaged: %s",
			 archive_error_string(v->in));
}

static void begins(const struct saving *v, const struct save_file *f,
		   int64_t size)
{
	if (v->s->begins)
		v->s->begins(v->s->ctx, f, size);
}

static void is_there(const struct saving *v, struct save_file *f)
{
	f->saved = true;
	if (v->s->ends)
		v->s->ends(v->s->ctx, f);
}

static int save_member(struct saving *v, struct save_file *f,
		       struct archive_entry *e)
{
	struct timespec mtime = {archive_entry_mtime(e),
				 archive_entry_mtime_nsec(e)};
	int64_t size = archive_entry_size(e);
	AUTO_PART struct part p = {.dir = -1, .fd = -1};

	f->too_large = v->s->max > 0 && size > v->s->max;
	if (f->too_large)
		return 0;
	begins(v, f, size);
	if (part_open(v, &p, f->name) < 0 || copy_contents(v, &p) < 0 ||
	    part_finish(v, &p, size, archive_entry_perm(e), &mtime) < 0)
		return -1;
	is_there(v, f);
	return 0;
}

/* --- what has several names ----------------------------------------------------- */

static int copy_file(struct saving *v, int from, const struct part *to)
{
	int64_t at = 0;
	ssize_t n;

	while ((n = pread(from, v->from.chunk, TAR_CHUNK, at)) > 0) {
		if (put(v, to, v->from.chunk, (size_t)n, at) < 0)
			return -1;
		at += n;
	}
	return n < 0 ? fail(v, to->name, errno) : 0;
}

/* A file that has been saved already, under another name. */
static int save_again(struct saving *v, const struct save_file *from,
		      struct save_file *f)
{
	AUTO_CLOSE int fd = save_open(v->s, from->name);
	AUTO_PART struct part p = {.dir = -1, .fd = -1};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(v->err, errno, "cannot read %s/%s",
				   v->s->path, from->name);
	begins(v, f, st.st_size);
	if (part_open(v, &p, f->name) < 0 || copy_file(v, fd, &p) < 0 ||
	    part_finish(v, &p, st.st_size, st.st_mode, &st.st_mtim) < 0)
		return -1;
	is_there(v, f);
	return 0;
}

/* The first of those files whose member that is; n_files: none. */
static size_t find(const struct save *s, const char *member)
{
	size_t low = 0, high = s->n_files;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(s->files[mid].member, member) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n_files && strcmp(s->files[low].member, member) == 0
		       ? low
		       : s->n_files;
}

static int save_others(struct saving *v, const struct save_file *first,
		       size_t at, const char *member)
{
	struct save *s = v->s;

	for (; at < s->n_files && strcmp(s->files[at].member, member) == 0;
	     at++)
		if (!s->files[at].saved &&
		    save_again(v, first, &s->files[at]) < 0)
			return -1;
	return 0;
}

static int take(struct saving *v, struct archive_entry *e)
{
	AUTO_TAR_NAMES struct tar_names n;
	enum tar_member what = tar_member(e, &n);
	bool hard = archive_entry_hardlink(e) != NULL;
	struct save *s = v->s;
	size_t at = n.name ? find(s, n.name) : s->n_files;
	size_t first = n.link ? find(s, n.link) : at;

	if (what != TAR_TAKEN || at == s->n_files || first == s->n_files)
		return 0;
	if (!hard && !s->files[at].saved) {
		if (archive_entry_filetype(e) != AE_IFREG)
			return 0;
		if (save_member(v, &s->files[at], e) < 0)
			return -1;
	}
	/* of a link to what was not asked for, the contents did not come */
	if (!s->files[first].saved)
		return 0;
	return save_others(v, &s->files[first], at, n.name);
}

/* --- the stream ----------------------------------------------------------------- */

static int take_all(struct saving *v)
{
	struct archive_entry *e;
	int r;

	archive_read_support_format_empty(v->in);
	if (tar_open(v->in, &v->from, v->err) < 0)
		return -1;
	while ((r = tar_next(v->in, &e, v->err)) > 0)
		if (take(v, e) < 0)
			return -1;
	return r;
}

int save_files(struct save *s,
	       ssize_t (*read)(void *ctx, void *buf, size_t len), void *ctx,
	       struct error **err)
{
	struct saving v = {
		s, {read, ctx, xmalloc(TAR_CHUNK)}, archive_read_new(), err};
	int r = take_all(&v);

	archive_read_free(v.in);
	free(v.from.chunk);
	return r;
}
