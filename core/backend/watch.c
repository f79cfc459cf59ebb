/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/compat.h"
#include "base/mem.h"

struct watch {
	pthread_mutex_t lock; /* guards done and abandoned */
	pthread_cond_t cond;
	bool done, abandoned;
	void (*work)(void *data);
	void (*abandon)(void *data);
	void *data;
};

static void watch_free(struct watch *w)
{
	pthread_cond_destroy(&w->cond);
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
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
	if (abandoned) {
		w->abandon(w->data);
		watch_free(w);
	}
	return NULL;
}

static bool watch_wait(struct watch *w, int64_t deadline_ns)
{
	bool done;

	pthread_mutex_lock(&w->lock);
	while (!w->done &&
	       compat_cond_wait(&w->cond, &w->lock, deadline_ns) != ETIMEDOUT)
		;
	done = w->done;
	w->abandoned = !done;
	pthread_mutex_unlock(&w->lock);
	return done;
}

bool watch_run(void (*work)(void *data), void (*abandon)(void *data),
	       void *data, int64_t deadline_ns)
{
	struct watch *w = xcalloc(1, sizeof(*w));
	pthread_t thread;

	w->work = work;
	w->abandon = abandon;
	w->data = data;
	pthread_mutex_init(&w->lock, NULL);
	compat_cond_init(&w->cond);
	if (pthread_create(&thread, NULL, watch_thread, w) != 0) {
		work(data);
		watch_free(w);
		return true;
	}
	if (!watch_wait(w, deadline_ns)) {
		pthread_detach(thread);
		return false;
	}
	pthread_join(thread, NULL);
	watch_free(w);
	return true;
}
