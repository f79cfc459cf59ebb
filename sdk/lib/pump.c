/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/pump.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"

#define IN_SIZE  (64u * 1024)
#define OUT_SIZE (256u * 1024)
/* More than that, written by a process before it died, fits into no buffer on
 * the way: it comes from one that it left behind. */
#define DRAIN_MAX (16u * 1024 * 1024)
#define DRAIN_MS  200

/* Places in the array for poll(2). */
enum { P_CANCEL, P_QUIT, P_WATCH0, P_WATCH1, P_SOCKET, P_IN, P_OUT, P_N };

static bool has_output(const struct pump *p)
{
	return p->piece.len > 0;
}

static int target_of(const struct pump *p)
{
	return p->piece.stream == CIRRUS_STDERR ? p->err : p->out;
}

/* Finds the next piece of what was received that somebody wants. */
static bool next_piece(struct pump *p)
{
	while (p->out_at < p->out_len && !p->demux.garbled) {
		p->out_at += demux_next(&p->demux, p->out_data + p->out_at,
					p->out_len - p->out_at, &p->piece);
		if (p->piece.stream == DEMUX_ENGINE)
			snprintf(p->complaint, sizeof(p->complaint), "%.*s",
				 (int)p->piece.len, p->piece.data);
		else if (p->piece.len && target_of(p) >= 0)
			return true;
		p->piece.len = 0;
	}
	return false;
}

static void receive(struct pump *p, enum pump_end *end, bool *ended)
{
	ssize_t n = stream_recv(p->stream, p->out_data, OUT_SIZE);

	p->more = n > 0;
	if (n > 0) {
		p->out_at = 0;
		p->out_len = (size_t)n;
		p->drained += p->drain_until_ns ? (size_t)n : 0;
		next_piece(p);
	}
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR))) {
		*ended = p->demux.garbled;
		if (*ended)
			*end = PUMP_BROKEN;
		return;
	}
	/* A process that ends without reading all its input makes the engine
	 * close on it, which resets the connection behind the output. */
	*ended = true;
	*end = demux_at_boundary(&p->demux) && (n == 0 || p->gave)
		       ? PUMP_EOF
		       : PUMP_BROKEN;
}

/* Nobody reads any more: the rest goes nowhere. */
static void output_lost(struct pump *p)
{
	p->hung_up = true;
	if (target_of(p) == p->err)
		p->err = -1;
	else
		p->out = -1;
	p->piece.len = 0;
	next_piece(p);
}

static void write_out(struct pump *p)
{
	size_t len = p->piece.len < PIPE_BUF ? p->piece.len : PIPE_BUF;
	ssize_t n = write(target_of(p), p->piece.data, len);

	if (n < 0 && errno != EINTR && errno != EAGAIN) {
		output_lost(p);
		return;
	}
	if (n < 0)
		return;
	p->piece.data += n;
	p->piece.len -= (size_t)n;
	if (!p->piece.len)
		next_piece(p);
}

static void read_in(struct pump *p)
{
	ssize_t n = read(p->in, p->in_data, IN_SIZE);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	p->in_at = 0;
	p->in_len = n > 0 ? (size_t)n : 0;
	if (n <= 0) {
		p->in = -1;
		stream_end_input(p->stream);
	}
}

/* Input that the engine does not take any more is dropped: whether the process
 * is gone, its output tells. */
static void send_in(struct pump *p)
{
	ssize_t n = stream_send(p->stream, p->in_data + p->in_at,
				p->in_len - p->in_at);

	p->gave = true;
	if (n >= 0) {
		p->in_at += (size_t)n;
	} else if (errno != EAGAIN && errno != EINTR) {
		p->in_at = p->in_len;
		p->in = -1;
	}
	if (p->in_at == p->in_len)
		p->in_at = p->in_len = 0;
}

static void set_interest(const struct pump *p, struct pollfd f[P_N])
{
	short socket = has_output(p) ? 0 : POLLIN;

	if (p->in_len)
		socket |= POLLOUT;
	f[P_CANCEL] = (struct pollfd){p->cancel_fd, POLLIN, 0};
	f[P_QUIT] = (struct pollfd){p->quit_fd, POLLIN, 0};
	f[P_WATCH0] = (struct pollfd){p->watch[0].fd, POLLIN, 0};
	f[P_WATCH1] = (struct pollfd){p->watch[1].fd, POLLIN, 0};
	/* A negative descriptor is passed over: one that only reports its end,
	 * while we cannot take it, would keep poll from ever waiting. */
	f[P_SOCKET] =
		(struct pollfd){socket ? stream_fd(p->stream) : -1, socket, 0};
	f[P_IN] = (struct pollfd){p->in_len ? -1 : p->in, POLLIN, 0};
	f[P_OUT] = (struct pollfd){has_output(p)         ? target_of(p)
				   : p->ends_with_reader ? p->out
							 : -1,
				   has_output(p) ? POLLOUT : 0, 0};
}

static int64_t earlier(int64_t a, int64_t b)
{
	return !a ? b : !b ? a : a < b ? a : b;
}

static void wait_for_work(struct pump *p, struct pollfd f[P_N])
{
	bool blocked = has_output(p);
	int64_t until = p->deadline_ns;
	int64_t before = p->drain_until_ns ? clock_now() : 0;

	until = earlier(until, p->tick_at_ns);
	if (!blocked)
		until = earlier(until, p->drain_until_ns);
	set_interest(p, f);
	if (poll(f, P_N, p->more && !blocked ? 0 : fd_poll_timeout(until)) < 0)
		for (int i = 0; i < P_N; i++)
			f[i].revents = 0;
	if (before && blocked)
		p->drain_until_ns += clock_now() - before;
}

/* What ends the pump whatever the stream does. */
static bool must_end(struct pump *p, const struct pollfd f[P_N],
		     enum pump_end *end)
{
	if (f[P_QUIT].revents)
		*end = PUMP_QUIT;
	else if (f[P_CANCEL].revents)
		*end = PUMP_CANCELLED;
	else if (p->deadline_ns && clock_now() >= p->deadline_ns)
		*end = PUMP_TIMEOUT;
	else if (p->ends_with_reader && p->hung_up)
		*end = PUMP_HANGUP;
	else if (!has_output(p) && p->drain_until_ns &&
		 (clock_now() >= p->drain_until_ns || p->drained > DRAIN_MAX))
		*end = PUMP_DRAINED;
	else
		return false;
	return true;
}

static void call_watches(struct pump *p, const struct pollfd f[P_N])
{
	for (int i = 0; i < 2; i++)
		if (f[P_WATCH0 + i].revents)
			p->watch[i].ready(p, &p->watch[i]);
	if (p->tick_at_ns && clock_now() >= p->tick_at_ns)
		p->tick(p);
}

static void move_bytes(struct pump *p, const struct pollfd f[P_N],
		       enum pump_end *end, bool *ended)
{
	if (f[P_OUT].revents & POLLERR && !has_output(p))
		p->hung_up = true;
	else if (f[P_OUT].revents && has_output(p))
		write_out(p);
	if (f[P_IN].revents)
		read_in(p);
	if (p->in_len && (f[P_SOCKET].revents & POLLOUT || f[P_IN].revents))
		send_in(p);
	if (!has_output(p) &&
	    (p->more || f[P_SOCKET].revents & (POLLIN | POLLHUP | POLLERR)))
		receive(p, end, ended);
}

enum pump_end pump_run(struct pump *p)
{
	struct pollfd f[P_N];
	enum pump_end end = PUMP_EOF;
	bool ended = false;

	if (!p->in_data) {
		p->in_data = xmalloc(IN_SIZE);
		p->out_data = xmalloc(OUT_SIZE);
	}
	p->more = true; /* what came with the head */
	while (!ended) {
		wait_for_work(p, f);
		if (must_end(p, f, &end))
			break;
		call_watches(p, f);
		move_bytes(p, f, &end, &ended);
	}
	return end;
}

void pump_clear(struct pump *p)
{
	free(p->in_data);
	free(p->out_data);
	p->in_data = p->out_data = NULL;
}

void pump_drain(struct pump *p)
{
	if (!p->drain_until_ns)
		p->drain_until_ns = clock_after_ms(DRAIN_MS);
}
