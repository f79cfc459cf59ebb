/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/session.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "run/record.h"

/* How long a shell may take that has nothing left to do. */
#define LEAVE_MS 200

struct session {
	struct pump *pump;
	struct pump_source *source;
	int in, out;         /* near: written to, read from */
	int far_in, far_out; /* the shell's */
	int wake[2];

	pthread_mutex_t lock; /* guards what follows */
	struct record_parser parser;
	struct step *step;
	bool answered, ended;
	int status;
	bool died;
	struct buf body;
};

static void wake(struct session *s)
{
	ssize_t n UNUSED = write(s->wake[1], "", 1);
}

/* What leftovers write between two scripts is no step's output. */
static void on_output(void *ctx, const char *data, size_t len)
{
	struct session *s = ctx;

	if (s->step)
		step_write(s->step, data, len);
}

static void on_record(void *ctx, const struct record *r)
{
	struct session *s = ctx;

	s->step = NULL;
	s->answered = true;
	s->status = r->status;
	s->died = r->died;
	buf_reset(&s->body);
	buf_add(&s->body, r->body, r->body_len);
	wake(s);
}

static void on_data(void *ctx, const char *data, size_t len)
{
	struct session *s = ctx;

	pthread_mutex_lock(&s->lock);
	record_parser_feed(&s->parser, data, len);
	pthread_mutex_unlock(&s->lock);
}

static void on_end(void *ctx)
{
	struct session *s = ctx;

	pthread_mutex_lock(&s->lock);
	record_parser_end(&s->parser);
	s->ended = true;
	pthread_mutex_unlock(&s->lock);
	wake(s);
}

static int make_pipes(struct session *s, struct error **err)
{
	int fds[2];

	if (fd_pipe(s->wake, err) < 0 || fd_pipe(fds, err) < 0)
		return -1;
	s->far_in = fds[0];
	s->in = fds[1];
	if (fd_pipe(fds, err) < 0)
		return -1;
	s->out = fds[0];
	s->far_out = fds[1];
	return 0;
}

int session_new(struct pump *pump, struct session **out, struct error **err)
{
	struct session *s = xcalloc(1, sizeof(*s));
	struct record_sink sink = {s, on_output, on_record};
	struct pump_sink from_pump = {s, on_data, on_end};

	s->pump = pump;
	s->in = s->out = s->far_in = s->far_out = -1;
	s->wake[0] = s->wake[1] = -1;
	pthread_mutex_init(&s->lock, NULL);
	buf_init(&s->body, BUF_FILE);
	record_parser_init(&s->parser, &sink);
	if (make_pipes(s, err) < 0) {
		session_free(s);
		return -1;
	}
	s->source = pump_add(pump, s->out, &from_pump);
	*out = s;
	return 0;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	pump_remove(s->pump, s->source);
	fd_close(&s->in);
	fd_close(&s->out);
	fd_close(&s->far_in);
	fd_close(&s->far_out);
	fd_close(&s->wake[0]);
	fd_close(&s->wake[1]);
	record_parser_clear(&s->parser);
	buf_clear(&s->body);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

int session_stdin(const struct session *s)
{
	return s->far_in;
}

int session_stdout(const struct session *s)
{
	return s->far_out;
}

/* A shell that is gone shows as the end of its output. */
static void say(struct session *s, const char *text)
{
	int r UNUSED = fd_write_all(s->in, text, strlen(text));
}

void session_filled(struct session *s)
{
	say(s, "filled\n");
}

void session_begin(struct session *s)
{
	AUTO_FREE char *line = xasprintf("%s\n", s->parser.nonce);

	fd_close(&s->far_in);
	fd_close(&s->far_out);
	say(s, line);
}

void session_expect(struct session *s, struct step *step)
{
	pthread_mutex_lock(&s->lock);
	s->step = step;
	s->answered = false;
	pthread_mutex_unlock(&s->lock);
}

void session_run(struct session *s, struct step *step, const char *function,
		 const char *file)
{
	AUTO_FREE char *line = xasprintf("run %s %s\n", function, file);

	session_expect(s, step);
	say(s, line);
}

void session_eval(struct session *s, const char *text)
{
	AUTO_FREE char *lines =
		xasprintf("eval\n%s\n%s\n", text, s->parser.nonce);

	say(s, lines);
}

void session_environ(struct session *s)
{
	session_expect(s, NULL);
	say(s, "environ\n");
}

void session_stay(struct session *s)
{
	session_expect(s, NULL);
	say(s, "stay\n");
}

void session_answer(struct session *s, int status, bool died,
		    const struct buf *body)
{
	AUTO_BUF struct buf record = BUF_INIT(BUF_FILE + 128);
	int r UNUSED;

	buf_addf(&record, "%s %d %d:", s->parser.nonce, status, died);
	buf_add(&record, body->data, body->len);
	buf_addf(&record, "%s\n", s->parser.nonce);
	r = fd_write_all(s->far_out, record.data, record.len);
}

static bool take_answer(struct session *s, struct session_result *result)
{
	bool answered;

	pthread_mutex_lock(&s->lock);
	answered = s->answered;
	*result = (struct session_result){s->status, s->died, &s->body};
	pthread_mutex_unlock(&s->lock);
	return answered;
}

static bool has_ended(struct session *s)
{
	bool ended;

	pthread_mutex_lock(&s->lock);
	ended = s->ended;
	pthread_mutex_unlock(&s->lock);
	return ended;
}

enum session_state session_wait(struct session *s, int cancel_fd,
				int64_t deadline_ns,
				struct session_result *result)
{
	char waste[16];

	for (;;) {
		if (take_answer(s, result))
			return SESSION_DONE;
		if (has_ended(s))
			return SESSION_LOST;
		switch (fd_wait(s->wake[0], POLLIN, cancel_fd, deadline_ns)) {
		case FD_CANCELLED:
			return SESSION_CANCELLED;
		case FD_TIMEOUT:
			return SESSION_TIMEOUT;
		case FD_WAIT_ERROR:
			return SESSION_LOST;
		case FD_READY:
			break;
		}
		if (fd_read(s->wake[0], waste, sizeof(waste)) < 0)
			return SESSION_LOST;
	}
}

void session_leave(struct session *s)
{
	int64_t deadline_ns = clock_after_ms(LEAVE_MS);
	struct session_result waste;
	char woken[16];

	if (!take_answer(s, &waste))
		return;
	fd_close(&s->in);
	while (!has_ended(s) &&
	       fd_wait(s->wake[0], POLLIN, -1, deadline_ns) == FD_READY)
		if (fd_read(s->wake[0], woken, sizeof(woken)) < 0)
			return;
}

void session_detach(struct session *s)
{
	pthread_mutex_lock(&s->lock);
	s->step = NULL;
	pthread_mutex_unlock(&s->lock);
}
