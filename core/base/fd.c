/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Moves fd above 2; closes the original. */
static int lift(int fd)
{
	int lifted;

	if (fd > 2)
		return fd;
	lifted = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return lifted;
}

int fd_pipe(int fds[2], struct error **err)
{
	AUTO_CLOSE int r = -1;
	AUTO_CLOSE int w = -1;

	if (compat_pipe(fds) < 0)
		return error_errno(err, errno, "cannot make a pipe");
	w = fds[1];
	r = lift(fds[0]);
	if (r >= 0)
		w = lift(STEAL_FD(w));
	if (r < 0 || w < 0)
		return error_errno(err, errno, "cannot make a pipe");
	fds[0] = STEAL_FD(r);
	fds[1] = STEAL_FD(w);
	return 0;
}

int fd_dup(int fd, struct error **err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (copy < 0)
		error_errno(err, errno, "cannot duplicate a descriptor");
	return copy;
}

int fd_set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -1;
	return fcntl(fd, F_SETFL,
		     on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

int fd_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			if (fd_wait(fd, POLLOUT, -1, 0) != FD_READY)
				return -1;
			continue;
		}
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t fd_read(int fd, void *data, size_t len)
{
	ssize_t n;

	do
		n = read(fd, data, len);
	while (n < 0 && errno == EINTR);
	return n;
}

int fd_read_all(int fd, struct buf *b)
{
	for (;;) {
		size_t left = b->max - b->len, want = 16384;
		char *p = buf_room(b, left < want ? left : want);
		ssize_t n;
		char extra;

		if (left == 0) {
			n = fd_read(fd, &extra, 1);
			errno = n > 0 ? EFBIG : errno;
			return n == 0 ? 0 : -1;
		}
		n = fd_read(fd, p, left < want ? left : want);
		if (n < 0)
			return -1;
		if (n == 0)
			return 0;
		buf_grown(b, (size_t)n);
	}
}

int file_read(const char *path, struct buf *b, struct error **err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return error_set(err, ERR_NOTFOUND, "%s: no such file", path);
	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	if (fd_read_all(fd, b) == 0)
		return 0;
	if (errno == EFBIG)
		return error_set(err, ERR_LIMIT, "%s: larger than %zu bytes",
				 path, b->max);
	return error_errno(err, errno, "cannot read %s", path);
}

int file_replace(const char *path, const void *data, size_t len, mode_t mode,
		 struct error **err)
{
	AUTO_FREE char *tmp = xasprintf("%s.XXXXXX", path);
	AUTO_CLOSE int fd = mkostemp(tmp, O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "cannot create %s", tmp);
	if (fd_write_all(fd, data, len) < 0 || fchmod(fd, mode) < 0 ||
	    rename(tmp, path) < 0) {
		int cause = errno;

		unlink(tmp);
		return error_errno(err, cause, "cannot write %s", path);
	}
	return 0;
}

int dir_make(const char *path, mode_t mode, struct error **err)
{
	AUTO_FREE char *copy = xstrdup(path);

	for (char *p = copy + (*copy != '\0');; p++) {
		char c = *p;
		struct stat st;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) < 0 &&
		    (errno != EEXIST || stat(copy, &st) < 0 ||
		     !S_ISDIR(st.st_mode)))
			return error_errno(err,
					   errno == EEXIST ? ENOTDIR : errno,
					   "cannot make directory %s", copy);
		*p = c;
		if (c == '\0')
			return 0;
	}
}

static int remove_at(int parent, const char *name);

static int remove_entries(int dirfd)
{
	DIR *d = fdopendir(dirfd);
	struct dirent *e;
	int cause = 0;

	if (!d) {
		close(dirfd);
		return -1;
	}
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 &&
		    remove_at(dirfd, e->d_name) < 0)
			cause = errno;
	closedir(d);
	errno = cause;
	return cause ? -1 : 0;
}

static int remove_at(int parent, const char *name)
{
	int fd, cause;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM && errno != EACCES)
		return -1;
	cause = errno;
	/* a directory somebody made unreadable is still ours to remove; what a
	 * link points to is not ours to change */
	(void)!fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW);
	fd = openat(parent, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		errno = cause;
		return -1;
	}
	if (remove_entries(fd) < 0)
		return -1;
	return unlinkat(parent, name, AT_REMOVEDIR);
}

int dir_remove(const char *path)
{
	return remove_at(AT_FDCWD, path);
}

int fd_poll_timeout(int64_t deadline_ns)
{
	int64_t left;

	if (deadline_ns == 0)
		return -1;
	left = deadline_ns - clock_now();
	if (left <= 0)
		return 0;
	left = (left + 999999) / 1000000;
	return left > INT_MAX ? INT_MAX : (int)left;
}

enum fd_wait fd_wait(int fd, short events, int cancel_fd, int64_t deadline_ns)
{
	struct pollfd p[2] = {{.fd = fd, .events = events},
			      {.fd = cancel_fd, .events = POLLIN}};

	for (;;) {
		int n = poll(p, 2, fd_poll_timeout(deadline_ns));

		if (n < 0 && errno != EINTR)
			return FD_WAIT_ERROR;
		if (n == 0)
			return FD_TIMEOUT;
		if (n > 0 && p[1].revents)
			return FD_CANCELLED;
		if (n > 0 && p[0].revents)
			return FD_READY;
	}
}
