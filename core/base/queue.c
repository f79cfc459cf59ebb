/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/mem.h"

struct node {
	struct node *next;
	void *elem;
};

struct queue {
	pthread_mutex_t lock; /* guards everything below */
	pthread_cond_t changed;
	struct node *head, **tail;
	bool closed, woken;
};

struct queue *queue_new(void)
{
	struct queue *q = xcalloc(1, sizeof(*q));

	pthread_mutex_init(&q->lock, NULL);
	compat_cond_init(&q->changed);
	q->tail = &q->head;
	return q;
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->changed);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

void queue_put(struct queue *q, void *elem)
{
	struct node *n = xcalloc(1, sizeof(*n));

	n->elem = elem;
	pthread_mutex_lock(&q->lock);
	*q->tail = n;
	q->tail = &n->next;
	pthread_cond_signal(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

bool queue_amend(struct queue *q, bool (*change)(void *elem, void *arg),
		 void *arg)
{
	bool changed = false;

	pthread_mutex_lock(&q->lock);
	for (struct node *n = q->head; n && !changed; n = n->next)
		changed = change(n->elem, arg);
	pthread_mutex_unlock(&q->lock);
	return changed;
}

/* With the lock held. */
static struct node *unlink_first(struct queue *q)
{
	struct node *n = q->head;

	if (!n)
		return NULL;
	q->head = n->next;
	if (!q->head)
		q->tail = &q->head;
	return n;
}

void *queue_take(struct queue *q, int64_t deadline_ns)
{
	struct node *n;
	void *elem = NULL;
	int r = 0;

	pthread_mutex_lock(&q->lock);
	while (!q->head && !q->closed && !q->woken && r != ETIMEDOUT)
		r = compat_cond_wait(&q->changed, &q->lock, deadline_ns);
	q->woken = false;
	n = unlink_first(q);
	pthread_mutex_unlock(&q->lock);
	if (n)
		elem = n->elem;
	free(n);
	return elem;
}

void queue_wake(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->woken = true;
	pthread_cond_signal(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

bool queue_drained(struct queue *q)
{
	bool drained;

	pthread_mutex_lock(&q->lock);
	drained = q->closed && !q->head;
	pthread_mutex_unlock(&q->lock);
	return drained;
}
