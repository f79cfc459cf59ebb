/* SPDX-License-Identifier: MIT */
/* A queue of pointers between threads.  Any thread puts and takes; putting
 * never blocks, taking waits.  The elements belong to whoever holds them. */
#ifndef CIRRUS_BASE_QUEUE_H
#define CIRRUS_BASE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct queue;

struct queue *queue_new(void);
void queue_free(struct queue *q); /* must be empty */
void queue_put(struct queue *q, void *elem);
/* Offers the elements that nobody has taken yet to `change`, oldest first, until
 * it returns true: so that news can be added to what waits already instead of
 * being put behind it.  Runs with the queue locked.  False: nothing changed. */
bool queue_amend(struct queue *q, bool (*change)(void *elem, void *arg),
		 void *arg);
/* The next element; NULL once the deadline (clock_now's clock; 0: none) passed
 * or the queue is closed and empty. */
void *queue_take(struct queue *q, int64_t deadline_ns);
/* Has one taker that waits, or the next one that would, come back with NULL. */
void queue_wake(struct queue *q);
/* No more elements will be put; takers drain what is there and then get NULL. */
void queue_close(struct queue *q);
bool queue_drained(struct queue *q); /* closed and empty */

#endif
