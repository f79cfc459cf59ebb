/* SPDX-License-Identifier: MIT */
/* File descriptors: always close-on-exec, closed with their scope, and above 2,
 * because the plugin contract takes 0, 1 and 2 for "absent". */
#ifndef CIRRUS_BASE_FD_H
#define CIRRUS_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

void fd_close(int *fd); /* closes unless negative, sets -1 */
#define AUTO_CLOSE __attribute__((__cleanup__(fd_close)))
#define STEAL_FD(fd)           \
	(__extension__({       \
		int f_ = (fd); \
		(fd) = -1;     \
		f_;            \
	}))

/* A pipe, both ends close-on-exec and above 2. */
int fd_pipe(int fds[2], struct error **err) MUST_CHECK;
/* A duplicate above 2, close-on-exec. */
int fd_dup(int fd, struct error **err) MUST_CHECK;
int fd_set_nonblock(int fd, bool on);

/* The whole of data, through signals, short writes and a full pipe (waits for
 * room in a non-blocking one): 0, or -1 with errno set. */
int fd_write_all(int fd, const void *data, size_t len) MUST_CHECK;
/* As read(2), but not broken off by signals. */
ssize_t fd_read(int fd, void *data, size_t len) MUST_CHECK;
/* All that is left, into b: 0, or -1 with errno set; EFBIG at b's cap. */
int fd_read_all(int fd, struct buf *b) MUST_CHECK;
/* The file at path; what `err` says names it. */
int file_read(const char *path, struct buf *b, struct error **err) MUST_CHECK;
/* Writes a new file and puts it in path's place: complete or not at all. */
int file_replace(const char *path, const void *data, size_t len, mode_t mode,
		 struct error **err) MUST_CHECK;
/* mkdir -p; a directory that is there already keeps its mode. */
int dir_make(const char *path, mode_t mode, struct error **err) MUST_CHECK;
/* rm -rf that never follows a symbolic link out; 0, or -1 with errno. */
int dir_remove(const char *path);

/* Waits until fd is ready for `events` (POLLIN, POLLOUT) or `cancel_fd` (or -1)
 * becomes readable or the deadline on clock_now's clock (0: none) passes. */
enum fd_wait { FD_WAIT_ERROR = -1, FD_READY, FD_CANCELLED, FD_TIMEOUT };
enum fd_wait fd_wait(int fd, short events, int cancel_fd,
		     int64_t deadline_ns) MUST_CHECK;
/* Milliseconds for poll(2) until the deadline: -1 where there is none, rounded
 * up so that no loop spins in the last millisecond. */
int fd_poll_timeout(int64_t deadline_ns);

#endif
