/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/ring.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct ring {
	char *data;
	size_t size;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	size_t at, len; /* what is in it begins at `at` */
	bool ended, left;
};

struct ring *ring_new(size_t size)
{
	struct ring *r = xcalloc(1, sizeof(*r));

	r->data = xmalloc(size);
	r->size = size;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	return r;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	free(r->data);
	free(r);
}

/* A side that has to wait is woken once there is enough for a while: waking it
 * for every piece would cost more than the copying. */
static size_t enough(const struct ring *r)
{
	return r->size / 4 > 0 ? r->size / 4 : 1;
}

/* Waits for room; how much there is in one stretch, and where.  0: the reader
 * has left. */
static size_t await_room(struct ring *r, size_t *to)
{
	size_t room;

	pthread_mutex_lock(&r->lock);
	if (r->len == r->size)
		while (r->size - r->len < enough(r) && !r->left)
			pthread_cond_wait(&r->changed, &r->lock);
	*to = (r->at + r->len) % r->size;
	room = r->size - r->len;
	room = room < r->size - *to ? room : r->size - *to;
	if (r->left)
		room = 0;
	pthread_mutex_unlock(&r->lock);
	return room;
}

/* The copying itself needs no lock: the two sides never share a byte. */
int ring_write(struct ring *r, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		size_t to, n = await_room(r, &to);

		if (n == 0)
			return -1;
		n = n < len ? n : len;
		memcpy(r->data + to, p, n);
		p += n;
		len -= n;
		pthread_mutex_lock(&r->lock);
		r->len += n;
		if (r->len >= enough(r))
			pthread_cond_signal(&r->changed);
		pthread_mutex_unlock(&r->lock);
	}
	return 0;
}

void ring_end(struct ring *r)
{
	pthread_mutex_lock(&r->lock);
	r->ended = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

size_t ring_read(struct ring *r, void *data, size_t len)
{
	size_t n, at;

	pthread_mutex_lock(&r->lock);
	if (r->len == 0)
		while (r->len < enough(r) && !r->ended)
			pthread_cond_wait(&r->changed, &r->lock);
	at = r->at;
	n = r->len < r->size - at ? r->len : r->size - at;
	pthread_mutex_unlock(&r->lock);
	n = n < len ? n : len;
	memcpy(data, r->data + at, n);
	pthread_mutex_lock(&r->lock);
	r->at = (at + n) % r->size;
	r->len -= n;
	if (r->size - r->len >= enough(r))
		pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
	return n;
}

void ring_leave(struct ring *r)
{
	pthread_mutex_lock(&r->lock);
	r->left = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}
