/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <pthread.h>

#include "base/ring.h"
#include "tap.h"

#define TOTAL 1000003

struct side {
	struct ring *ring;
	int result;
	size_t done;
};

/* Pieces of changing size; byte n of the stream is n % 251. */
static void *write_all(void *arg)
{
	struct side *s = arg;
	char piece[997];

	while (s->done < TOTAL && s->result == 0) {
		size_t n = 1 + s->done % sizeof(piece);

		n = n < TOTAL - s->done ? n : TOTAL - s->done;
		for (size_t i = 0; i < n; i++)
			piece[i] = (char)((s->done + i) % 251);
		s->result = ring_write(s->ring, piece, n);
		s->done += n;
	}
	ring_end(s->ring);
	return NULL;
}

static void carry(size_t size)
{
	struct side s = {.ring = ring_new(size)};
	pthread_t thread;
	char piece[641];
	size_t n, at = 0, wrong = 0;

	need(pthread_create(&thread, NULL, write_all, &s) == 0);
	while ((n = ring_read(s.ring, piece, sizeof(piece))) > 0)
		for (size_t i = 0; i < n; i++)
			wrong += piece[i] != (char)(at++ % 251);
	pthread_join(thread, NULL);
	ok_int(at, TOTAL);
	ok_int(wrong, 0);
	ok_int(s.result, 0);
	ring_free(s.ring);
}

TEST(everything_arrives_in_order)
{
	carry(1);
	carry(7);
	carry(4096);
}

TEST(who_leaves_fails_the_writer)
{
	struct side s = {.ring = ring_new(64)};
	pthread_t thread;
	char byte;

	need(pthread_create(&thread, NULL, write_all, &s) == 0);
	ok_int(ring_read(s.ring, &byte, 1), 1);
	ring_leave(s.ring);
	pthread_join(thread, NULL);
	ok_int(s.result, -1);
	ok(s.done < TOTAL);
	ring_free(s.ring);
}

TEST(what_was_written_before_the_end_is_read)
{
	struct ring *r = ring_new(16);
	char text[16] = "";

	ok_int(ring_write(r, "abc", 3), 0);
	ring_end(r);
	ok_int(ring_read(r, text, sizeof(text)), 3);
	ok_str(text, "abc");
	ok_int(ring_read(r, text, sizeof(text)), 0);
	ring_free(r);
}

TAP_MAIN()
