/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/fd.h"
#include "sdk/lib/child.h"

/* --- handing a socket over ------------------------------------------------------ */

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

/* The message is an errno, 0 with a socket beside it. */
static int send_result(int to, int fd)
{
	int32_t failure = fd < 0 ? errno : 0;
	struct iovec iov = {&failure, sizeof(failure)};
	union control control = {0};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;

	if (fd >= 0) {
		m.msg_control = control.room;
		m.msg_controllen = sizeof(control.room);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	return sendmsg(to, &m, 0) < 0 ? -1 : 0;
}

/* A socket, or -1 with errno; EIO where the other side said nothing. */
static int receive_result(int from)
{
	int32_t failure = 0;
	struct iovec iov = {&failure, sizeof(failure)};
	union control control = {0};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.room,
			   .msg_controllen = sizeof(control.room)};
	ssize_t n = recvmsg(from, &m, 0);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	int fd = -1;

	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	else
		errno = n == (ssize_t)sizeof(failure) && failure ? failure
								 : EIO;
	return fd;
}

/* --- in the child -------------------------------------------------------------------- */

static int make_socket(enum netns_kind kind, uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons(port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = compat_socket(AF_INET, SOCK_STREAM, 0);
	int on = 1, rc;

	if (fd < 0)
		return -1;
	if (kind == NETNS_CONNECT) {
		rc = connect(fd, (struct sockaddr *)&a, sizeof(a));
	} else {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		rc = bind(fd, (struct sockaddr *)&a, sizeof(a));
		rc = rc < 0 ? rc : listen(fd, 64);
	}
	if (rc < 0) {
		rc = errno;
		close(fd);
		errno = rc;
		return -1;
	}
	return fd;
}

/* Between fork and _exit: system calls alone, as other threads may hold locks.
 * Of the parent's descriptors it keeps none, so that no pipe of ours lives as
 * long as a connection that does not come about. */
static int join_and_send(const struct netns_spec *spec, int to)
{
	int fd = -1;

	if (dup2(to, STDIN_FILENO) < 0)
		return 1;
	compat_close_from(STDIN_FILENO + 1);
	if (compat_join_namespaces(spec->pid, true) == 0)
		fd = make_socket(spec->kind, spec->port);
	return send_result(STDIN_FILENO, fd) < 0;
}

/* --- in the parent ------------------------------------------------------------------ */

static int wait_for_result(const struct netns_spec *spec, int from,
			   struct error **err)
{
	int fd;

	switch (fd_wait(from, POLLIN, spec->cancel_fd, spec->deadline_ns)) {
	case FD_CANCELLED:
		return error_set(err, ERR_CANCELLED, "port %u: cancelled",
				 spec->port);
	case FD_TIMEOUT:
		return error_set(err, ERR_TIMEOUT, "port %u: timed out",
				 spec->port);
	default:
		break;
	}
	fd = receive_result(from);
	if (fd < 0 && errno == ECONNREFUSED)
		return error_set(err, ERR_NOTFOUND,
				 "port %u: nobody listens inside", spec->port);
	if (fd < 0)
		return error_errno(err, errno, "port %u", spec->port);
	return fd;
}

int netns_socket(const struct netns_spec *spec, struct error **err)
{
	int ends[2], fd;
	pid_t pid;

	if (compat_socketpair(ends) < 0)
		return error_errno(err, errno, "cannot make a socket pair");
	pid = fork();
	if (pid == 0)
		_exit(join_and_send(spec, ends[1]));
	close(ends[1]);
	fd = pid < 0 ? error_errno(err, errno, "cannot fork")
		     : wait_for_result(spec, ends[0], err);
	child_end(pid, false);
	close(ends[0]);
	return fd;
}
