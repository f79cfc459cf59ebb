/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/pump.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/vec.h"

#define CHUNK (256u * 1024)

struct pump_source {
	int fd;
	bool ended;
	struct pump_sink sink;
};

VEC_DEFINE(source_vec, struct pump_source *);
VEC_DEFINE(poll_vec, struct pollfd);

struct pump {
	pthread_t thread;
	pthread_mutex_t lock; /* guards sources, stop; held during sinks */
	struct source_vec sources;
	bool stop;
	int wake[2];
	/* of the thread alone */
	struct poll_vec polls;
	char *chunk;
};

static void wake(struct pump *p)
{
	ssize_t n UNUSED = write(p->wake[1], "", 1);
}

/* polls[0] is the wake pipe, polls[i + 1] the i-th source. */
static void prepare(struct pump *p)
{
	p->polls.len = 0;
	poll_vec_push(&p->polls, (struct pollfd){p->wake[0], POLLIN, 0});
	for (size_t i = 0; i < p->sources.len; i++) {
		const struct pump_source *s = p->sources.ptr[i];

		poll_vec_push(&p->polls, (struct pollfd){s->ended ? -1 : s->fd,
							 POLLIN, 0});
	}
}

static void read_source(struct pump *p, struct pump_source *s)
{
	ssize_t n = fd_read(s->fd, p->chunk, CHUNK);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0) {
		s->sink.data(s->sink.ctx, p->chunk, (size_t)n);
		return;
	}
	s->ended = true;
	s->sink.end(s->sink.ctx);
}

/* A source may have gone, and another come, since prepare: hence by fd. */
static void serve(struct pump *p)
{
	char waste[64];

	if (p->polls.ptr[0].revents &&
	    fd_read(p->wake[0], waste, sizeof(waste)) < 0)
		p->stop = true;
	for (size_t i = 1; i < p->polls.len; i++)
		for (size_t j = 0;
		     p->polls.ptr[i].revents && j < p->sources.len; j++)
			if (p->sources.ptr[j]->fd == p->polls.ptr[i].fd &&
			    !p->sources.ptr[j]->ended)
				read_source(p, p->sources.ptr[j]);
}

static void *pump_main(void *arg)
{
	struct pump *p = arg;
	bool stop = false;

	while (!stop) {
		pthread_mutex_lock(&p->lock);
		prepare(p);
		pthread_mutex_unlock(&p->lock);
		if (poll(p->polls.ptr, p->polls.len, -1) < 0)
			continue;
		pthread_mutex_lock(&p->lock);
		serve(p);
		stop = p->stop;
		pthread_mutex_unlock(&p->lock);
	}
	return NULL;
}

int pump_new(struct pump **out, struct error **err)
{
	struct pump *p = xcalloc(1, sizeof(*p));
	int r;

	if (fd_pipe(p->wake, err) < 0) {
		free(p);
		return -1;
	}
	pthread_mutex_init(&p->lock, NULL);
	p->chunk = xmalloc(CHUNK);
	r = pthread_create(&p->thread, NULL, pump_main, p);
	if (r != 0) {
		fd_close(&p->wake[0]);
		fd_close(&p->wake[1]);
		free(p->chunk);
		free(p);
		return error_errno(err, r, "cannot start a thread");
	}
	*out = p;
	return 0;
}

void pump_free(struct pump *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_mutex_unlock(&p->lock);
	wake(p);
	pthread_join(p->thread, NULL);
	fd_close(&p->wake[0]);
	fd_close(&p->wake[1]);
	pthread_mutex_destroy(&p->lock);
	source_vec_clear(&p->sources);
	poll_vec_clear(&p->polls);
	free(p->chunk);
	free(p);
}

struct pump_source *pump_add(struct pump *p, int fd,
			     const struct pump_sink *sink)
{
	struct pump_source *s = xcalloc(1, sizeof(*s));

	s->fd = fd;
	s->sink = *sink;
	/* what poll saw may be gone when we read: never wait for more */
	fd_set_nonblock(fd, true);
	pthread_mutex_lock(&p->lock);
	source_vec_push(&p->sources, s);
	pthread_mutex_unlock(&p->lock);
	wake(p);
	return s;
}

void pump_remove(struct pump *p, struct pump_source *source)
{
	if (!source)
		return;
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->sources.len; i++)
		if (p->sources.ptr[i] == source) {
			source_vec_remove(&p->sources, i);
			break;
		}
	pthread_mutex_unlock(&p->lock);
	wake(p);
	free(source);
}
