/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/relay.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"

#define BUFFER (64u * 1024)

/* One direction. */
struct way {
	int from, to;
	char *data;
	size_t at, len;
	bool done;
};

static void finish(struct way *w)
{
	w->done = true;
	w->at = w->len = 0;
	shutdown(w->to, SHUT_WR);
}

static void take(struct way *w)
{
	ssize_t n = read(w->from, w->data, BUFFER);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	w->at = 0;
	w->len = n > 0 ? (size_t)n : 0;
	if (n <= 0)
		finish(w);
}

/* A pipe takes PIPE_BUF whole where it polls writable; a socket is asked not to
 * block. */
static ssize_t put(int fd, const char *data, size_t len)
{
	ssize_t n = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno == ENOTSOCK)
		n = write(fd, data, len < PIPE_BUF ? len : PIPE_BUF);
	return n;
}

static void give(struct way *w)
{
	ssize_t n = put(w->to, w->data + w->at, w->len);

	if (n >= 0) {
		w->at += (size_t)n;
		w->len -= (size_t)n;
	} else if (errno != EINTR && errno != EAGAIN) {
		finish(w);
	}
}

static void move(struct way *w, const struct pollfd *from,
		 const struct pollfd *to)
{
	if (w->done)
		return;
	if (w->len && to->revents & (POLLOUT | POLLERR | POLLHUP))
		give(w);
	else if (!w->len && from->revents)
		take(w);
}

/* p[2i] is where way i comes from, p[2i + 1] where it goes: two entries for
 * each descriptor, so that an end that was seen is not seen again. */
static void set_interest(const struct way w[2], struct pollfd p[5])
{
	for (int i = 0; i < 2; i++) {
		bool take_more = !w[i].done && !w[i].len;

		p[2 * i] =
			(struct pollfd){take_more ? w[i].from : -1, POLLIN, 0};
		p[2 * i + 1] =
			(struct pollfd){w[i].len ? w[i].to : -1, POLLOUT, 0};
	}
}

static enum relay_end run(struct way w[2], int stop_fd, int64_t deadline_ns)
{
	while (!w[0].done || !w[1].done) {
		struct pollfd p[5] = {[4] = {stop_fd, POLLIN, 0}};
		int n;

		set_interest(w, p);
		n = poll(p, 5, fd_poll_timeout(deadline_ns));
		if (n == 0)
			return RELAY_TIMEOUT;
		if (n > 0 && p[4].revents)
			return RELAY_CANCELLED;
		for (int i = 0; i < 2 && n > 0; i++)
			move(&w[i], &p[2 * i], &p[2 * i + 1]);
	}
	return RELAY_DONE;
}

enum relay_end relay_run(int a, int b, int stop_fd, int64_t deadline_ns)
{
	AUTO_FREE char *there = xmalloc(BUFFER);
	AUTO_FREE char *back = xmalloc(BUFFER);
	struct way w[2] = {{.from = a, .to = b, .data = there},
			   {.from = b, .to = a, .data = back}};

	return run(w, stop_fd, deadline_ns);
}
