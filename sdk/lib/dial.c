/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/dial.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/strv.h"
#include "base/vec.h"
#include "sdk/lib/child.h"

#define COMPLAINT_MAX 1024

VEC_DEFINE(pid_vec, pid_t);

struct dialer {
	struct strv argv;
	char dir[sizeof("/tmp/cirrus-dial-XXXXXX")]; /* "": none */
	struct sockaddr_un addr;
	int listener;
	int wake_read, wake_write; /* closed: the thread ends */
	pthread_t thread;
	bool has_thread;
	struct pid_vec children; /* the thread's alone, while there is one */
	/* A pipe that all children share as standard error; neither end blocks,
	 * so that a chatty child loses words, not time. */
	int err_read, err_write;
};

/* --- the thread --------------------------------------------------------------- */

/* Children that have ended by themselves would stay zombies. */
static void reap_ended(struct dialer *d)
{
	int status;

	for (size_t i = d->children.len; i-- > 0;)
		if (waitpid(d->children.ptr[i], &status, WNOHANG) != 0)
			pid_vec_remove(&d->children, i);
}

static void start_child(struct dialer *d, int connection)
{
	AUTO_ERROR struct error *err = NULL;
	const struct child_spec spec = {
		.argv = (const char *const *)d->argv.v,
		.in = connection,
		.out = connection,
		.err = d->err_write,
		.session = true,
	};
	pid_t pid = child_start(&spec, &err);

	if (pid >= 0)
		pid_vec_push(&d->children, pid);
	else if (d->err_write >= 0)
		dprintf(d->err_write, "%s\n", err->msg);
}

static void *serve(void *arg)
{
	struct dialer *d = arg;

	for (;;) {
		struct pollfd p[2] = {{d->listener, POLLIN, 0},
				      {d->wake_read, POLLIN, 0}};
		AUTO_CLOSE int connection = -1;

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents)
			return NULL;
		connection = compat_accept(d->listener);
		reap_ended(d);
		if (connection >= 0)
			start_child(d, connection);
	}
}

/* --- the dialer ---------------------------------------------------------------- */

static int listen_privately(struct dialer *d)
{
	char dir[] = "/tmp/cirrus-dial-XXXXXX";

	if (!mkdtemp(dir))
		return -1;
	memcpy(d->dir, dir, sizeof(dir));
	d->addr.sun_family = AF_UNIX;
	snprintf(d->addr.sun_path, sizeof(d->addr.sun_path), "%s/socket", dir);
	d->listener = compat_socket(AF_UNIX, SOCK_STREAM, 0);
	if (d->listener < 0 ||
	    bind(d->listener, (struct sockaddr *)&d->addr, sizeof(d->addr)))
		return -1;
	return listen(d->listener, SOMAXCONN);
}

static int start(struct dialer *d)
{
	int wake[2];

	if (listen_privately(d) < 0 || fd_pipe(wake, NULL) < 0)
		return -1;
	d->wake_read = wake[0];
	d->wake_write = wake[1];
	errno = pthread_create(&d->thread, NULL, serve, d);
	d->has_thread = errno == 0;
	return d->has_thread ? 0 : -1;
}

struct dialer *dialer_new(const char *const *argv)
{
	struct dialer *d = xcalloc(1, sizeof(*d));
	int fds[2] = {-1, -1};

	for (size_t i = 0; argv[i]; i++)
		strv_push(&d->argv, argv[i]);
	d->listener = d->wake_read = d->wake_write = -1;
	/* Without a pipe we only lack words for a message. */
	if (fd_pipe(fds, NULL) == 0) {
		fd_set_nonblock(fds[0], true);
		fd_set_nonblock(fds[1], true);
	}
	d->err_read = fds[0];
	d->err_write = fds[1];
	if (start(d) < 0 && d->err_write >= 0)
		dprintf(d->err_write, "cannot listen below /tmp: %s\n",
			strerror(errno));
	return d;
}

void dialer_free(struct dialer *d)
{
	if (!d)
		return;
	fd_close(&d->wake_write);
	if (d->has_thread)
		pthread_join(d->thread, NULL);
	for (size_t i = 0; i < d->children.len; i++)
		child_end(d->children.ptr[i], true);
	pid_vec_clear(&d->children);
	fd_close(&d->listener);
	fd_close(&d->wake_read);
	if (d->dir[0]) {
		unlink(d->addr.sun_path);
		rmdir(d->dir);
	}
	strv_clear(&d->argv);
	fd_close(&d->err_read);
	fd_close(&d->err_write);
	free(d);
}

const char *dialer_path(const struct dialer *d)
{
	return d->addr.sun_path;
}

void dial_complaint(struct dialer *d, struct buf *out)
{
	char text[COMPLAINT_MAX];
	ssize_t n = -1;

	if (d->err_read >= 0)
		n = fd_read(d->err_read, text, sizeof(text));
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	for (ssize_t i = 0; i < n; i++)
		buf_addc(out,
			 text[i] == '\n' || text[i] == '\r' ? ' ' : text[i]);
}
