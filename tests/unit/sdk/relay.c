/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/relay.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "tap.h"

/* A relay between two socket pairs: what the test holds are the outer ends. */
static struct {
	int left[2], right[2], stop[2];
	int64_t deadline_ns;
	enum relay_end end;
	pthread_t thread;
} r;

static void *run(void *arg)
{
	r.end = relay_run(r.left[1], r.right[0], r.stop[0], r.deadline_ns);
	return arg;
}

static void start(int64_t deadline_ns)
{
	ok_int(compat_socketpair(r.left), 0);
	ok_int(compat_socketpair(r.right), 0);
	ok_int(fd_pipe(r.stop, NULL), 0);
	r.deadline_ns = deadline_ns;
	ok_int(pthread_create(&r.thread, NULL, run, NULL), 0);
}

static enum relay_end finish(void)
{
	int *const fds[] = {&r.left[0],  &r.left[1], &r.right[0],
			    &r.right[1], &r.stop[0], &r.stop[1]};

	pthread_join(r.thread, NULL);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fd_close(fds[i]);
	return r.end;
}

static void expect(int fd, const char *text)
{
	char got[64] = "";
	ssize_t n = fd_read(fd, got, sizeof(got) - 1);

	ok_int(n, (long long)strlen(text));
	ok_str(got, text);
}

TEST(each_direction_ends_on_its_own)
{
	start(clock_after_ms(10000));
	ok_int(fd_write_all(r.left[0], "question", 8), 0);
	shutdown(r.left[0], SHUT_WR);
	expect(r.right[1], "question");
	expect(r.right[1], "");
	ok_int(fd_write_all(r.right[1], "answer", 6), 0);
	expect(r.left[0], "answer");
	shutdown(r.right[1], SHUT_WR);
	expect(r.left[0], "");
	ok_int(finish(), RELAY_DONE);
}

static void *send_much(void *arg)
{
	static char block[65536];

	for (int i = 0; i < 64; i++)
		if (fd_write_all(*(int *)arg, block, sizeof(block)) < 0)
			break;
	shutdown(*(int *)arg, SHUT_WR);
	return NULL;
}

TEST(much_passes_both_ways_at_once)
{
	size_t got[2] = {0, 0};
	pthread_t senders[2];
	static char block[65536];
	int *const ends[] = {&r.left[0], &r.right[1]};

	start(clock_after_ms(30000));
	for (int i = 0; i < 2; i++)
		pthread_create(&senders[i], NULL, send_much, ends[i]);
	for (;;) {
		ssize_t a = fd_read(r.left[0], block, 1000);
		ssize_t b = fd_read(r.right[1], block, sizeof(block));

		got[0] += a > 0 ? (size_t)a : 0;
		got[1] += b > 0 ? (size_t)b : 0;
		if (a <= 0 && b <= 0)
			break;
	}
	for (int i = 0; i < 2; i++)
		pthread_join(senders[i], NULL);
	ok_int(got[0], 64 * 65536);
	ok_int(got[1], 64 * 65536);
	ok_int(finish(), RELAY_DONE);
}

TEST(it_ends_when_told)
{
	start(0);
	fd_close(&r.stop[1]);
	ok_int(finish(), RELAY_CANCELLED);
}

TEST(it_ends_when_time_is_over)
{
	start(clock_after_ms(50));
	ok_int(finish(), RELAY_TIMEOUT);
}

TAP_MAIN()
