/* SPDX-License-Identifier: MIT */
/* Commands in an environment, and the threads that serve their streams. */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"

#define OUTPUT_MAX (160u * 1024 * 1024)

struct async {
	pthread_t thread;
	void (*fn)(void *);
	void *arg;
};

static void *async_main(void *arg)
{
	struct async *a = arg;

	a->fn(a->arg);
	return NULL;
}

struct async *async_run(void (*fn)(void *), void *arg)
{
	struct async *a = xcalloc(1, sizeof(*a));

	a->fn = fn;
	a->arg = arg;
	if (pthread_create(&a->thread, NULL, async_main, a) != 0)
		abort();
	return a;
}

void async_join(struct async *a)
{
	pthread_join(a->thread, NULL);
	free(a);
}

void sleep_ms(int ms)
{
	struct timespec ts = {.tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000L};

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

/* --- streams ---------------------------------------------------------------------- */

/* Reads both until their ends; once the call is over, what is there already. */
struct drain {
	int fds[2], over_fd;
	struct buf *to[2];
};

static void drain_main(void *arg)
{
	struct drain *d = arg;
	struct pollfd p[3] = {{.fd = d->fds[0], .events = POLLIN},
			      {.fd = d->fds[1], .events = POLLIN},
			      {.fd = d->over_fd, .events = POLLIN}};
	bool over = false;

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		int n = poll(p, over ? 2 : 3, over ? 0 : -1);

		if (n == 0)
			return;
		over = over || p[2].revents;
		for (int i = 0; i < 2; i++) {
			char *room;
			ssize_t got;

			if (p[i].fd < 0 || !p[i].revents)
				continue;
			room = buf_room(d->to[i], 65536);
			got = room ? fd_read(p[i].fd, room, 65536) : 0;
			if (got > 0)
				buf_grown(d->to[i], (size_t)got);
			else
				p[i].fd = -1;
		}
	}
}

struct feed {
	int fd;
	const struct input *input;
};

static void feed_main(void *arg)
{
	struct feed *f = arg;

	if (fd_write_all(f->fd, f->input->data, f->input->len) < 0)
		errno = 0; /* it did not want all of it */
	fd_close(&f->fd);
}

void output_clear(struct output *o)
{
	if (o->out.data)
		buf_clear(&o->out);
	if (o->err.data)
		buf_clear(&o->err);
	free(o->exit);
}

static void pipes(struct t *t, int out[2], int err[2], int over[2], int in[2])
{
	if (fd_pipe(out, NULL) < 0 || fd_pipe(err, NULL) < 0 ||
	    fd_pipe(over, NULL) < 0 || fd_pipe(in, NULL) < 0)
		failed(t, "no pipes");
}

static void close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fd_close(&fds[i]);
}

void exec_run(struct call *call, cirrus_instance *it,
	      struct cirrus_exec_spec *spec, const struct input *input,
	      struct output *o)
{
	int fds[8]; /* in, out, err, over */
	struct drain drain;
	struct feed feed;
	struct async *drainer, *feeder = NULL;
	int64_t begin;

	pipes(call->t, fds + 2, fds + 4, fds + 6, fds);
	buf_init(&o->out, OUTPUT_MAX);
	buf_init(&o->err, OUTPUT_MAX);
	o->exit = xcalloc(1, CIRRUS_OUT_MAX);
	o->exit->struct_size = sizeof(*o->exit);
	drain = (struct drain){.fds = {fds[2], fds[4]},
			       .over_fd = fds[6],
			       .to = {&o->out, &o->err}};
	spec->struct_size = sizeof(*spec);
	spec->stdin_fd = input ? fds[0] : 0;
	spec->stdout_fd = fds[3];
	/* equal fds are asked for by equal fds */
	spec->stderr_fd = spec->stderr_fd == 1 ? fds[3] : fds[5];
	drainer = async_run(drain_main, &drain);
	if (input) {
		feed = (struct feed){.fd = STEAL_FD(fds[1]), .input = input};
		feeder = async_run(feed_main, &feed);
	}
	begin = clock_now();
	o->status = ON_IT(call, it, instance_exec, spec, o->exit);
	o->took_ns = clock_now() - begin;
	fd_close(&fds[0]);
	fd_close(&fds[3]);
	fd_close(&fds[5]);
	fd_close(&fds[7]);
	async_join(drainer);
	if (feeder)
		async_join(feeder);
	close_all(fds, ARRAY_LEN(fds));
}

void exec_sh(struct t *t, struct box *b, const char *script, struct output *o)
{
	struct cirrus_exec_spec spec = {.argv = SH(script)};
	CALL(t, call, 60000);

	exec_run(&call, b->it[0], &spec, NULL, o);
	want_status(&call, o->status, CIRRUS_OK, "instance_exec");
	if (o->exit->code != 0)
		failed(t, "`%.200s` exited with %d: %.200s", script,
		       (int)o->exit->code, o->err.data);
}

void exec_prints(struct t *t, struct box *b, const char *script,
		 const char *wanted)
{
	AUTO_OUTPUT struct output o = {0};

	exec_sh(t, b, script, &o);
	if (o.out.len && o.out.data[o.out.len - 1] == '\n')
		buf_truncate(&o.out, o.out.len - 1);
	want_str(t, o.out.data, wanted, script);
}

int exec_status(struct t *t, struct box *b, const char *script)
{
	AUTO_OUTPUT struct output o = {0};
	struct cirrus_exec_spec spec = {.argv = SH(script)};
	CALL(t, call, 60000);

	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_status(&call, o.status, CIRRUS_OK, "instance_exec");
	return o.exit->code;
}

bool has_program(struct t *t, struct box *b, const char *name)
{
	AUTO_FREE char *script =
		xasprintf("command -v %s >/dev/null 2>&1", name);

	return exec_status(t, b, script) == 0;
}
