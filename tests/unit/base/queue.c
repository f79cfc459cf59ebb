/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/queue.h"

#include <pthread.h>

#include "base/clock.h"
#include "tap.h"

static void *number(intptr_t n)
{
	return (void *)n;
}

TEST(first_in_first_out)
{
	struct queue *q = queue_new();

	for (intptr_t i = 1; i <= 100; i++)
		queue_put(q, number(i));
	for (intptr_t i = 1; i <= 100; i++)
		ok(queue_take(q, 0) == number(i));
	queue_free(q);
}

TEST(taking_from_an_empty_queue_ends_at_the_deadline)
{
	struct queue *q = queue_new();
	int64_t deadline = clock_after_ms(20);

	ok(queue_take(q, deadline) == NULL);
	ok(clock_now() >= deadline);
	/* a deadline that has passed, and something there */
	queue_put(q, number(1));
	ok(queue_take(q, 1) == number(1));
	ok(queue_take(q, 1) == NULL);
	queue_free(q);
}

TEST(a_closed_queue_is_drained_first)
{
	struct queue *q = queue_new();

	queue_put(q, number(1));
	queue_close(q);
	ok(!queue_drained(q));
	ok(queue_take(q, 0) == number(1));
	ok(queue_drained(q));
	ok(queue_take(q, 0) == NULL);
	queue_free(q);
}

/* Amends the first element that equals *arg. */
static bool is_that(void *elem, void *arg)
{
	return elem == *(void **)arg;
}

TEST(what_waits_can_be_amended)
{
	struct queue *q = queue_new();
	void *want = number(2);

	ok(!queue_amend(q, is_that, &want));
	queue_put(q, number(1));
	queue_put(q, number(2));
	ok(queue_amend(q, is_that, &want));
	want = number(3);
	ok(!queue_amend(q, is_that, &want));
	ok(queue_take(q, 0) == number(1));
	ok(queue_take(q, 0) == number(2));
	queue_free(q);
}

enum { PRODUCERS = 4, EACH = 5000 };

static void *produce(void *q)
{
	for (intptr_t i = 1; i <= EACH; i++)
		queue_put(q, number(i));
	return NULL;
}

static void *consume(void *q)
{
	intptr_t sum = 0;
	void *elem;

	while ((elem = queue_take(q, 0)))
		sum += (intptr_t)elem;
	return number(sum);
}

TEST(nothing_is_lost_between_threads)
{
	struct queue *q = queue_new();
	pthread_t from[PRODUCERS], to[2];
	intptr_t sum = 0;
	void *got;

	for (int i = 0; i < 2; i++)
		pthread_create(&to[i], NULL, consume, q);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_create(&from[i], NULL, produce, q);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(from[i], NULL);
	queue_close(q);
	for (int i = 0; i < 2; i++) {
		pthread_join(to[i], &got);
		sum += (intptr_t)got;
	}
	ok_int(sum, (long long)PRODUCERS * EACH * (EACH + 1) / 2);
	queue_free(q);
}

TEST(free_of_none_is_fine)
{
	queue_free(NULL);
}

TAP_MAIN()
