/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/watch.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"

/* A plugin's time to see that its deadline has passed, or that it is cancelled. */
#define LATE_NS (2 * NS_PER_S)

struct watch {
	pthread_mutex_t lock; /* guards done and abandoned */
	bool done, abandoned;
	int end[2]; /* a pipe whose writing end closes when all is done */
	void (*work)(void *data);
	void (*abandon)(void *data);
	void *data;
};

static void watch_free(struct watch *w)
{
	fd_close(&w->end[0]);
	fd_close(&w->end[1]);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

static void *watch_thread(void *arg)
{
	struct watch *w = arg;
	bool abandoned;

	w->work(w->data);
	pthread_mutex_lock(&w->lock);
	w->done = true;
	abandoned = w->abandoned;
	pthread_mutex_unlock(&w->lock);
	if (abandoned) {
		w->abandon(w->data);
		watch_free(w);
	} else {
		fd_close(&w->end[1]);
	}
	return NULL;
}

static enum fd_wait wait_until(struct watch *w, int cancel_fd, int64_t deadline)
{
	return fd_wait(w->end[0], POLLIN, cancel_fd > 2 ? cancel_fd : -1,
		       deadline);
}

static enum watch_end watch_wait(struct watch *w, const struct call_options *o)
{
	int64_t deadline = o->deadline_ns ? o->deadline_ns + LATE_NS : 0;
	enum watch_end end = WATCH_LATE;

	if (wait_until(w, o->cancel_fd, deadline) == FD_CANCELLED) {
		int64_t soon = clock_now() + LATE_NS;

		end = WATCH_CANCELLED;
		if (!deadline || deadline > soon)
			deadline = soon;
		(void)!wait_until(w, -1, deadline);
	}
	pthread_mutex_lock(&w->lock);
	if (w->done)
		end = WATCH_DONE;
	w->abandoned = !w->done;
	pthread_mutex_unlock(&w->lock);
	return end;
}

enum watch_end watch_run(void (*work)(void *data), void (*abandon)(void *data),
			 void *data, const struct call_options *o)
{
	struct watch *w = xcalloc(1, sizeof(*w));
	enum watch_end end = WATCH_DONE;
	pthread_t thread;

	*w = (struct watch){.end = {-1, -1},
			    .work = work,
			    .abandon = abandon,
			    .data = data};
	pthread_mutex_init(&w->lock, NULL);
	if (fd_pipe(w->end, NULL) < 0 ||
	    pthread_create(&thread, NULL, watch_thread, w) != 0) {
		work(data);
		watch_free(w);
		return end;
	}
	end = watch_wait(w, o);
	if (end != WATCH_DONE) {
		pthread_detach(thread);
		return end;
	}
	pthread_join(thread, NULL);
	watch_free(w);
	return end;
}
