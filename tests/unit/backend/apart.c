/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/apart.h"

#include <signal.h>

#include "backend/status.h"
#include "backend/watch.h"
#include "base/fd.h"
#include "base/clock.h"
#include "tap.h"

static void answer(int fd, void *ctx)
{
	apart_put(fd, "name", ctx);
	apart_put(fd, "stage", "first");
	apart_put(fd, "stage", "two\nlines");
	apart_put(fd, "empty", NULL);
	apart_end(fd);
}

static void answer_half(int fd, void *ctx)
{
	(void)ctx;
	apart_put(fd, "stage", "half");
	raise(SIGKILL);
}

static void hang(int fd, void *ctx)
{
	(void)ctx;
	apart_put(fd, "stage", "hang");
	/* Its own child holds the pipe too, and must not survive it. */
	if (fork() >= 0)
		pause();
}

static void collect(struct apart *c, void (*work)(int fd, void *ctx),
		    int64_t ms)
{
	need(apart_start(c, work, (char *)"x", NULL) == 0);
	apart_collect(c, 1, clock_after_ms(ms));
}

static bool gives(const struct apart *c, const char *key, const char *want)
{
	AUTO_FREE char *value = apart_get(c, key);

	return ok_str(value, want);
}

TEST(answers_in_lines)
{
	struct apart c;

	collect(&c, answer, 60000);
	ok(apart_ended(&c));
	ok(!c.killed);
	gives(&c, "name", "x");
	gives(&c, "stage", "two lines");
	gives(&c, "empty", "");
	gives(&c, "nam", NULL);
	apart_clear(&c);
}

TEST(keeps_what_came_before_a_crash)
{
	struct apart c;

	collect(&c, answer_half, 60000);
	ok(!apart_ended(&c));
	ok(!c.killed);
	ok(WIFSIGNALED(c.status));
	gives(&c, "stage", "half");
	apart_clear(&c);
}

TEST(kills_whoever_is_late)
{
	struct apart c;

	collect(&c, hang, 200);
	ok(c.killed);
	ok(!apart_ended(&c));
	gives(&c, "stage", "hang");
	/* The whole group is gone once init has reaped the grandchild. */
	for (int i = 0; i < 200 && kill(-c.pid, 0) == 0; i++)
		usleep(10000);
	ok(kill(-c.pid, 0) < 0);
	apart_clear(&c);
}

TEST(waits_for_all_at_once)
{
	struct apart c[3];

	need(apart_start(&c[0], answer, (char *)"a", NULL) == 0);
	need(apart_start(&c[1], answer_half, NULL, NULL) == 0);
	need(apart_start(&c[2], answer, (char *)"c", NULL) == 0);
	apart_collect(c, 3, clock_after_ms(60000));
	gives(&c[0], "name", "a");
	ok(!apart_ended(&c[1]));
	gives(&c[2], "name", "c");
	for (int i = 0; i < 3; i++)
		apart_clear(&c[i]);
}

/* --- threads that may not come back ------------------------------------------ */

static _Atomic int worked, abandoned;

static void work(void *data)
{
	usleep((useconds_t)(*(int *)data * 1000));
	worked++;
}

static void abandon(void *data)
{
	(void)data;
	abandoned++;
}

TEST(watches_work_to_its_end)
{
	int ms = 1;

	worked = abandoned = 0;
	ok_int(watch_run(work, abandon, &ms, &(struct call_options){0}),
	       WATCH_DONE);
	ok_int(worked, 1);
	ok_int(abandoned, 0);
}

static void leaves_to_itself(const struct call_options *o, enum watch_end end)
{
	static int ms = 4000;

	worked = abandoned = 0;
	ok_int(watch_run(work, abandon, &ms, o), end);
	ok_int(worked, 0);
	for (int i = 0; i < 2000 && !abandoned; i++)
		usleep(10000);
	ok_int(abandoned, 1);
}

TEST(leaves_late_work_to_itself)
{
	leaves_to_itself(&(struct call_options){.deadline_ns = 1}, WATCH_LATE);
}

TEST(leaves_cancelled_work_to_itself)
{
	int fds[2];

	need(fd_pipe(fds, NULL) == 0);
	fd_close(&fds[1]);
	leaves_to_itself(&(struct call_options){.cancel_fd = fds[0]},
			 WATCH_CANCELLED);
	fd_close(&fds[0]);
}

/* --- words -------------------------------------------------------------------- */

TEST(every_status_and_capability_has_words)
{
	ok_str(status_name(CIRRUS_OK), "OK");
	ok_str(status_name(CIRRUS_E_UNAVAIL), "UNAVAIL");
	ok_str(status_name(CIRRUS_E_GONE), "GONE");
	ok_str(status_name(-99), "FAILED");
	ok_int(status_error_code(CIRRUS_E_TIMEOUT), ERR_TIMEOUT);
	for (unsigned int i = 0; i <= CIRRUS_CAP_VOLUME_MEMORY; i++)
		ok(capability_text(i) && capability_text(i)[0]);
	ok_str(capability_text(127), "something unknown");
	ok_str(capability_name(CIRRUS_CAP_VOLUME_MEMORY), "VOLUME_MEMORY");
}

TAP_MAIN()
