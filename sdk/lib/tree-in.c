/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat-files.h"
#include "base/fd.h"
#include "base/strv.h"
#include "base/vec.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/tarfilter.h"
#include "sdk/lib/tree.h"

#define CHUNK (256u * 1024)
#define DEPTH 400 /* of what is removed to make way */

/* A directory's time is set at the end: what comes into it changes it. */
struct dated {
	char *name;
	struct timespec mtime;
};
VEC_DEFINE(dated_vec, struct dated);

struct in {
	int root, fds;
	const char *dir;
	struct tarfilter filter;
	char *parent_name; /* of the directory that was last written to */
	int parent;
	int file; /* being written, or -1 */
	char *file_name;
	uint64_t left;
	struct tar_member attributes; /* its, without the texts */
	struct dated_vec directories;
	int errnum;
	struct error *err;
};

static cirrus_status fail(struct in *in, const char *name, struct error **err)
{
	in->errnum = errno;
	error_errno(err, errno, "cannot write %s/%s",
		    strcmp(in->dir, "/") ? in->dir : "", name);
	return CIRRUS_E_FAILED;
}

/* --- directories on the way ---------------------------------------------------- */

/* A directory of the container; what is missing of it is made. */
static int open_way(struct in *in, const char *path)
{
	AUTO_FREE char *above = NULL;
	AUTO_CLOSE int parent = -1;
	int fd = compat_open_in(in->root, path, true);
	const char *slash;

	if (fd >= 0 || errno != ENOENT)
		return fd;
	slash = strrchr(path, '/');
	if (!slash || slash == path || !slash[1])
		above = xstrdup("/");
	else
		above = xstrndup(path, (size_t)(slash - path));
	if (!slash || strcmp(above, path) == 0)
		return -1;
	parent = open_way(in, above);
	if (parent < 0 || (mkdirat(parent, slash + 1, 0755) < 0 &&
			   errno != EEXIST && errno != ENOENT))
		return -1;
	return compat_open_in(in->root, path, true);
}

static int open_directory(struct in *in, const char *name)
{
	AUTO_FREE char *path =
		*name ? xasprintf("%s/%s", in->dir, name) : xstrdup(in->dir);
	int fd = open_way(in, path);

	if (fd >= 0 && compat_is_kernel_fs(fd)) {
		fd_close(&fd);
		errno = EROFS;
	}
	return fd;
}

/* The directory that a member goes to; most go where the last one went. */
static int find_parent(struct in *in, const char *name, const char **base)
{
	const char *slash = strrchr(name, '/');
	AUTO_FREE char *parent =
		xstrndup(name, slash ? (size_t)(slash - name) : 0);

	*base = slash ? slash + 1 : name;
	if (in->parent >= 0 && strcmp(parent, in->parent_name) == 0)
		return 0;
	fd_close(&in->parent);
	free(in->parent_name);
	in->parent_name = STEAL_PTR(parent);
	in->parent = open_directory(in, in->parent_name);
	return in->parent < 0 ? -1 : 0;
}

/* --- making way ------------------------------------------------------------------ */

static int remove_at(struct in *in, int dir, const char *name, int depth);

static int empty_out(struct in *in, int fd, int depth)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int r = d ? 0 : -1;

	if (!d)
		close(fd);
	while (r == 0 && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = remove_at(in, dirfd(d), e->d_name, depth + 1);
	if (d)
		closedir(d);
	return r;
}

static int remove_at(struct in *in, int dir, const char *name, int depth)
{
	int fd;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (depth > DEPTH || compat_is_kernel_fs(fd)) {
		close(fd);
		errno = ELOOP;
		return -1;
	}
	if (empty_out(in, fd, depth) < 0)
		return -1;
	return unlinkat(dir, name, AT_REMOVEDIR);
}

/* --- members ---------------------------------------------------------------------- */

static void set_times(const struct tar_member *m, struct timespec times[2])
{
	times[0] = times[1] = (struct timespec){m->mtime_s, m->mtime_ns};
}

/* The order matters: a new owner takes the set-user-ID bit away. */
static int set_attributes(int fd, const struct tar_member *m)
{
	return fchown(fd, m->uid, m->gid) < 0 || fchmod(fd, m->mode) < 0 ? -1
									 : 0;
}

static cirrus_status end_file(struct in *in, struct error **err)
{
	struct timespec times[2];
	cirrus_status s = CIRRUS_OK;

	set_times(&in->attributes, times);
	if (set_attributes(in->file, &in->attributes) < 0 ||
	    futimens(in->file, times) < 0)
		s = fail(in, in->file_name, err);
	fd_close(&in->file);
	return s;
}

static int create(struct in *in, const char *base)
{
	return openat(in->parent, base,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);
}

static cirrus_status make_file(struct in *in, const char *base,
			       const struct tar_member *m, struct error **err)
{
	in->file = create(in, base);
	if (in->file < 0 && errno == EEXIST &&
	    remove_at(in, in->parent, base, 0) == 0)
		in->file = create(in, base);
	if (in->file < 0)
		return fail(in, m->name, err);
	in->attributes = *m;
	in->attributes.name = in->attributes.link = NULL;
	in->left = m->size;
	free(in->file_name);
	in->file_name = xstrdup(m->name);
	return m->size ? CIRRUS_OK : end_file(in, err);
}

static void date(struct in *in, const struct tar_member *m)
{
	struct timespec times[2];
	struct dated d = {.name = xstrdup(m->name)};

	set_times(m, times);
	d.mtime = times[1];
	dated_vec_push(&in->directories, d);
}

/* An existing directory stays, with what is in it. */
static int open_made(struct in *in, const char *base)
{
	int fd;

	if (mkdirat(in->parent, base, 0700) < 0 && errno != EEXIST)
		return -1;
	fd = openat(in->parent, base,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 || (errno != ENOTDIR && errno != ELOOP))
		return fd;
	if (unlinkat(in->parent, base, 0) < 0 ||
	    mkdirat(in->parent, base, 0700) < 0)
		return -1;
	return openat(in->parent, base,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int open_top(struct in *in)
{
	AUTO_CLOSE int top = open_directory(in, "");

	return top < 0 ? -1
		       : compat_reopen(in->fds, top, O_RDONLY | O_DIRECTORY);
}

static cirrus_status make_directory(struct in *in, const char *base,
				    const struct tar_member *m,
				    struct error **err)
{
	AUTO_CLOSE int fd = *m->name ? open_made(in, base) : open_top(in);

	if (fd >= 0 && compat_is_kernel_fs(fd))
		errno = EROFS;
	else if (fd >= 0 && set_attributes(fd, m) == 0) {
		date(in, m);
		return CIRRUS_OK;
	}
	return fail(in, m->name, err);
}

static cirrus_status make_link(struct in *in, const char *base,
			       const struct tar_member *m, struct error **err)
{
	struct timespec times[2];

	set_times(m, times);
	if (remove_at(in, in->parent, base, 0) < 0 ||
	    symlinkat(m->link, in->parent, base) < 0 ||
	    fchownat(in->parent, base, m->uid, m->gid, AT_SYMLINK_NOFOLLOW) <
		    0 ||
	    utimensat(in->parent, base, times, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(in, m->name, err);
	return CIRRUS_OK;
}

static cirrus_status make_hard_link(struct in *in, const char *base,
				    const struct tar_member *m,
				    struct error **err)
{
	const char *slash = strrchr(m->link, '/');
	AUTO_FREE char *above =
		xstrndup(m->link, slash ? (size_t)(slash - m->link) : 0);
	AUTO_CLOSE int from = open_directory(in, above);

	if (strcmp(m->link, m->name) == 0)
		return CIRRUS_OK;
	if (from < 0 || remove_at(in, in->parent, base, 0) < 0 ||
	    linkat(from, slash ? slash + 1 : m->link, in->parent, base, 0) < 0)
		return fail(in, m->name, err);
	return CIRRUS_OK;
}

static cirrus_status take(void *ctx, const struct tar_member *m,
			  struct error **err)
{
	struct in *in = ctx;
	const char *base = m->name;

	if (!*m->name && m->type != '5')
		return CIRRUS_OK;
	if (*m->name && find_parent(in, m->name, &base) < 0)
		return fail(in, m->name, err);
	switch (m->type) {
	case '0':
	case '7': /* means the same everywhere since */
	case '\0':
		return make_file(in, base, m, err);
	case '1':
		return make_hard_link(in, base, m, err);
	case '2':
		return make_link(in, base, m, err);
	case '5':
		return make_directory(in, base, m, err);
	default:
		return CIRRUS_OK;
	}
}

static cirrus_status write_contents(void *ctx, const char *data, size_t len)
{
	struct in *in = ctx;
	size_t n = in->left < len ? (size_t)in->left : len;

	if (in->file < 0)
		return CIRRUS_OK; /* padding, or of what is passed over */
	if (fd_write_all(in->file, data, n) < 0)
		return fail(in, in->file_name, &in->err);
	in->left -= n;
	return in->left ? CIRRUS_OK : end_file(in, &in->err);
}

/* --- the stream -------------------------------------------------------------------- */

static void date_directories(struct in *in)
{
	for (size_t i = in->directories.len; i-- > 0;) {
		const struct dated *d = &in->directories.ptr[i];
		const struct timespec times[] = {d->mtime, d->mtime};
		AUTO_CLOSE int fd = -1;
		AUTO_CLOSE int dir = open_directory(in, d->name);

		if (dir >= 0)
			fd = compat_reopen(in->fds, dir,
					   O_RDONLY | O_DIRECTORY);
		/* it may have gone meanwhile */
		if (fd >= 0 && futimens(fd, times) < 0)
			continue;
	}
}

static cirrus_status unpack(struct in *in)
{
	AUTO_FREE char *chunk = xmalloc(CHUNK);
	cirrus_status s = CIRRUS_OK;
	ssize_t n;

	while (s == CIRRUS_OK && (n = fd_read(STDIN_FILENO, chunk, CHUNK)) > 0)
		s = tarfilter_feed(&in->filter, chunk, (size_t)n, &in->err);
	if (s == CIRRUS_OK && n < 0)
		s = fail(in, "", &in->err);
	if (s == CIRRUS_OK)
		s = tarfilter_end(&in->filter, &in->err);
	if (s == CIRRUS_OK)
		date_directories(in);
	return s;
}

static int end_of(const struct in *in, cirrus_status s)
{
	int end;

	if (s == CIRRUS_OK)
		return TREE_DONE;
	end = tree_fail(in->err, in->errnum);
	if (s == CIRRUS_E_INVAL)
		return TREE_INVAL;
	return s == CIRRUS_E_NOTSUP ? TREE_NOTSUP : end;
}

static void clear(struct in *in)
{
	for (size_t i = 0; i < in->directories.len; i++)
		free(in->directories.ptr[i].name);
	dated_vec_clear(&in->directories);
	tarfilter_clear(&in->filter);
	fd_close(&in->parent);
	fd_close(&in->file);
	free(in->parent_name);
	free(in->file_name);
	error_free(in->err);
}

static bool is_usable(struct in *in, bool make)
{
	AUTO_CLOSE int top = make ? open_way(in, in->dir)
				  : compat_open_in(in->root, in->dir, true);
	struct stat st;

	return top >= 0 && fstat(top, &st) == 0 && S_ISDIR(st.st_mode) &&
	       !compat_is_kernel_fs(top);
}

int tree_in_helper(int argc, char **argv)
{
	struct in in = {.filter = TARFILTER_INIT, .parent = -1, .file = -1};
	int end = TREE_OTHERWISE;

	if (argc != 4)
		return end;
	in.dir = argv[1];
	in.filter.member = take;
	in.filter.out = write_contents;
	in.filter.ctx = &in;
	in.filter.has_owner =
		sscanf(argv[3], "%u:%u", &in.filter.uid, &in.filter.gid) == 2;
	in.root = tree_enter(argv[0], &in.fds);
	if (in.root >= 0 && is_usable(&in, *argv[2] == '1') &&
	    tree_say_ready() == 0)
		end = end_of(&in, unpack(&in));
	clear(&in);
	return end;
}
