/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat-files.h"
#include "base/fd.h"
#include "base/strv.h"
#include "sdk/lib/tarhead.h"
#include "sdk/lib/tree.h"

#define DEPTH     400           /* of directories: each costs a descriptor */
#define GATHER    (256u * 1024) /* what goes out at once */
#define SMALL     (64u * 1024)  /* files up to this size are gathered */
#define PATHS_MAX (16u * 1024 * 1024)

/* Files with several names, by device and inode. */
struct seen {
	dev_t dev;
	ino_t ino;
	char *name; /* NULL: a free slot */
};

struct out {
	int root, fds;
	struct buf buf; /* made and not yet written */
	struct seen *seen;
	size_t n_slots, n_seen;
	int errnum;
	struct error *err;
};

static int fail(struct out *o, const char *name, int errnum)
{
	o->errnum = errnum;
	return error_errno(&o->err, errnum, "cannot read %s",
			   *name ? name : "the directory");
}

/* --- to standard output -------------------------------------------------------- */

static int flush(struct out *o)
{
	if (fd_write_all(STDOUT_FILENO, o->buf.data, o->buf.len) < 0)
		return fail(o, "what was asked for", errno);
	buf_reset(&o->buf);
	return 0;
}

static int flush_enough(struct out *o)
{
	return o->buf.len < GATHER ? 0 : flush(o);
}

static int put_zeros(struct out *o, uint64_t n)
{
	static const char zeros[SMALL];

	while (n > 0) {
		size_t some = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);

		buf_add(&o->buf, zeros, some);
		if (flush_enough(o) < 0)
			return -1;
		n -= some;
	}
	return 0;
}

static ssize_t gather(struct out *o, int fd, uint64_t left)
{
	size_t want = left < SMALL ? (size_t)left : SMALL;
	char *room = buf_room(&o->buf, want);
	ssize_t n = fd_read(fd, room, want);

	if (n > 0)
		buf_grown(&o->buf, (size_t)n);
	return n > 0 && flush_enough(o) < 0 ? -1 : n;
}

/* The kernel hands its own pages over; where it cannot: < 0. */
static ssize_t hand_over(int fd, int64_t *at, uint64_t left)
{
	size_t want = left < INT_MAX ? (size_t)left : INT_MAX;
	ssize_t n;

	do
		n = compat_splice(fd, at, STDOUT_FILENO, want);
	while (n < 0 && errno == EINTR);
	return n;
}

static int put_large(struct out *o, int fd, uint64_t *left)
{
	int64_t at = 0;
	ssize_t n = 1;

	if (flush(o) < 0)
		return -1;
	while (*left > 0 && (n = hand_over(fd, &at, *left)) > 0)
		*left -= (uint64_t)n;
	/* the rest, if any, is read */
	return *left > 0 && lseek(fd, at, SEEK_SET) < 0 ? -1 : 0;
}

/* As much as the header promised: one that shrank meanwhile is filled up. */
static int put_contents(struct out *o, int fd, const char *name, uint64_t size)
{
	uint64_t left = size;
	ssize_t n = 1;

	if (size > SMALL && put_large(o, fd, &left) < 0)
		return o->err ? -1 : fail(o, name, errno);
	while (left > 0 && (n = gather(o, fd, left)) > 0)
		left -= (uint64_t)n;
	if (n < 0)
		return o->err ? -1 : fail(o, name, errno);
	return put_zeros(o, left + (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

/* --- files with several names --------------------------------------------------- */

static struct seen *find_seen(const struct out *o, dev_t dev, ino_t ino)
{
	size_t at = ((size_t)ino * 0x9e3779b97f4a7c15u >> 20) ^ (size_t)dev;

	for (at &= o->n_slots - 1; o->seen[at].name;
	     at = (at + 1) & (o->n_slots - 1))
		if (o->seen[at].dev == dev && o->seen[at].ino == ino)
			break;
	return &o->seen[at];
}

static void grow_seen(struct out *o)
{
	struct seen *old = o->seen;
	size_t n = o->n_slots;

	o->n_slots = n ? n * 2 : 256;
	o->seen = xcalloc(o->n_slots, sizeof(*o->seen));
	for (size_t i = 0; i < n; i++)
		if (old[i].name)
			*find_seen(o, old[i].dev, old[i].ino) = old[i];
	free(old);
}

/* The name under which it has gone out already; NULL: now is the first time. */
static const char *earlier_name(struct out *o, const struct stat *st,
				const char *name)
{
	struct seen *s;

	if (st->st_nlink < 2)
		return NULL;
	if (o->n_seen * 2 >= o->n_slots)
		grow_seen(o);
	s = find_seen(o, st->st_dev, st->st_ino);
	if (s->name)
		return s->name;
	*s = (struct seen){st->st_dev, st->st_ino, xstrdup(name)};
	o->n_seen++;
	return NULL;
}

/* --- members ---------------------------------------------------------------------- */

static void put_header(struct out *o, const char *name, char type,
		       const char *link, const struct stat *st)
{
	struct tar_member m = {.name = name,
			       .link = link,
			       .type = type,
			       .mode = st->st_mode,
			       .uid = st->st_uid,
			       .gid = st->st_gid,
			       .mtime_s = st->st_mtim.tv_sec,
			       .mtime_ns = st->st_mtim.tv_nsec};

	if (type == '0')
		m.size = (uint64_t)st->st_size;
	tar_put_member(&o->buf, &m);
}

static int put_file(struct out *o, int fd, const char *name,
		    const struct stat *st)
{
	const char *earlier = earlier_name(o, st, name);
	AUTO_CLOSE int file = -1;

	if (earlier) {
		put_header(o, name, '1', earlier, st);
		return flush_enough(o);
	}
	if (st->st_size > 0) {
		file = compat_reopen(o->fds, fd, O_RDONLY | O_NONBLOCK);
		if (file < 0)
			return fail(o, name, errno);
	}
	put_header(o, name, '0', NULL, st);
	return put_contents(o, file, name, (uint64_t)st->st_size);
}

static int put_link(struct out *o, int dir, const char *base, const char *name,
		    const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, base, target, sizeof(target) - 1);

	if (n < 0 || n == sizeof(target) - 1)
		return 0; /* replaced meanwhile */
	target[n] = '\0';
	put_header(o, name, '2', target, st);
	return flush_enough(o);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Always in the same order, so that equal trees are equal archives. */
static int list(struct out *o, int fd, const char *name, struct strv *names)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *e;

	if (!d) {
		fd_close(&copy);
		return fail(o, name, errno);
	}
	while ((errno = 0, e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			strv_push(names, e->d_name);
	if (errno)
		fail(o, name, errno);
	closedir(d);
	if (names->len > 0)
		qsort(names->v, names->len, sizeof(*names->v), by_name);
	return o->err ? -1 : 0;
}

static int put(struct out *o, int dir, const char *base, const char *name,
	       int depth);

/* `name` is "" or ends in a slash. */
static int put_directory(struct out *o, int fd, const char *name, int depth)
{
	AUTO_STRV struct strv names = {0};
	AUTO_CLOSE int dir = -1;

	if (compat_is_kernel_fs(fd))
		return 0;
	if (depth > DEPTH)
		return error_set(&o->err, ERR_LIMIT, "%s lies too deep", name);
	dir = compat_reopen(o->fds, fd, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return fail(o, name, errno);
	if (list(o, dir, name, &names) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		AUTO_FREE char *member = xasprintf("%s%s", name, names.v[i]);

		if (put(o, dir, names.v[i], member, depth + 1) < 0)
			return -1;
	}
	return 0;
}

static int put_any(struct out *o, int fd, int dir, const char *base,
		   const char *name, int depth)
{
	AUTO_FREE char *below = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(o, name, errno);
	if (S_ISLNK(st.st_mode))
		return put_link(o, dir, base, name, &st);
	if (S_ISREG(st.st_mode))
		return compat_is_kernel_fs(fd) ? 0 : put_file(o, fd, name, &st);
	if (!S_ISDIR(st.st_mode))
		return 0;
	below = xasprintf("%s/", name);
	put_header(o, below, '5', NULL, &st);
	return flush_enough(o) < 0 ? -1 : put_directory(o, fd, below, depth);
}

static int put(struct out *o, int dir, const char *base, const char *name,
	       int depth)
{
	AUTO_CLOSE int fd = compat_look_at(dir, base);

	if (fd < 0 && errno == ENOENT)
		return 0; /* it went away meanwhile */
	if (fd < 0)
		return fail(o, name, errno);
	return put_any(o, fd, dir, base, name, depth);
}

/* --- what was asked for ----------------------------------------------------------- */

/* The directory that a path lies in, which may be reached by links inside. */
static int open_parent(const struct out *o, const char *dir, const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *above =
		slash ? xasprintf("%s/%.*s", dir, (int)(slash - path), path)
		      : xstrdup(dir);

	return compat_open_in(o->root, above, true);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_there(const struct out *o, const char *dir, const char *path)
{
	AUTO_CLOSE int parent = open_parent(o, dir, path);
	const char *base = base_of(path);
	struct stat st;

	return parent >= 0 && *base && strcmp(base, ".") != 0 &&
	       strcmp(base, "..") != 0 &&
	       fstatat(parent, base, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int put_path(struct out *o, const char *dir, const char *path)
{
	AUTO_CLOSE int parent = open_parent(o, dir, path);

	if (parent < 0)
		return errno == ENOENT ? 0 : fail(o, path, errno);
	return put(o, parent, base_of(path), path, 0);
}

static int put_all(struct out *o, int top)
{
	struct stat st;

	if (fstat(top, &st) < 0)
		return fail(o, "", errno);
	put_header(o, "./", '5', NULL, &st);
	return put_directory(o, top, "", 0);
}

static int put_asked(struct out *o, const char *dir, const struct buf *paths,
		     int top)
{
	const char *end = paths->data + paths->len;
	int r = paths->len ? 0 : put_all(o, top);

	for (const char *p = paths->data; p < end && r == 0; p += strlen(p) + 1)
		r = put_path(o, dir, p);
	if (r == 0)
		buf_add(&o->buf, tar_trailer, sizeof(tar_trailer));
	return r == 0 ? flush(o) : r;
}

/* The directory, where it and all paths are there; whoever asks the engine gets
 * its words about what is not. */
static int find_all(struct out *o, const char *dir, const struct buf *paths)
{
	const char *end = paths->data + paths->len;
	AUTO_CLOSE int top = compat_open_in(o->root, dir, true);
	struct stat st;

	if (top < 0 || fstat(top, &st) < 0 || !S_ISDIR(st.st_mode))
		return -1;
	for (const char *p = paths->data; p < end; p += strlen(p) + 1)
		if (!is_there(o, dir, p))
			return -1;
	return STEAL_FD(top);
}

static void clear(struct out *o)
{
	for (size_t i = 0; i < o->n_slots; i++)
		free(o->seen[i].name);
	free(o->seen);
	buf_clear(&o->buf);
	error_free(o->err);
}

int tree_out_helper(int argc, char **argv)
{
	struct out o = {.buf = BUF_INIT(8 * GATHER)};
	AUTO_BUF struct buf paths = BUF_INIT(PATHS_MAX);
	int end = TREE_OTHERWISE, top;

	if (argc != 2 || fd_read_all(STDIN_FILENO, &paths) < 0)
		return TREE_OTHERWISE;
	o.root = tree_enter(argv[0], &o.fds);
	top = o.root < 0 ? -1 : find_all(&o, argv[1], &paths);
	if (top >= 0 && tree_say_ready() == 0)
		end = put_asked(&o, argv[1], &paths, top) == 0
			      ? TREE_DONE
			      : tree_fail(o.err, o.errnum);
	clear(&o);
	return end;
}
