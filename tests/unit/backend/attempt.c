/* SPDX-License-Identifier: MIT */
/* What is tried again, and what is not. */
#include "config.h"

#include "backend/attempt.h"

#include "base/fd.h"
#include "fake.h"

TEST(calls_again_where_nothing_has_happened)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));
	AUTO_ERROR struct error *err = NULL;

	fake.fail_first = 1;
	fake.status = CIRRUS_E_UNAVAIL;
	fake.msg = "connection refused";
	ok_int(pull(c, &no_options, NULL, NULL, &err), CIRRUS_OK);
	ok_int(fake.calls, 2);
	ok(!err);
	conn_close(c, &no_options);
}

TEST(calls_again_after_a_pull_that_timed_out)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));

	fake.fail_first = 1;
	fake.status = CIRRUS_E_TIMEOUT;
	ok_int(pull(c, &no_options, NULL, NULL, NULL), CIRRUS_OK);
	ok_int(fake.calls, 2);
	conn_close(c, &no_options);
}

TEST(never_calls_again_what_may_have_happened)
{
	static const cirrus_status once[] = {
		CIRRUS_E_LOST, CIRRUS_E_GONE,      CIRRUS_E_FAILED,
		CIRRUS_E_AUTH, CIRRUS_E_CANCELLED, CIRRUS_E_IO,
	};
	struct conn *c = fake_connect(CAN(IMAGE_PULL));

	for (size_t i = 0; i < ARRAY_LEN(once); i++) {
		fake.calls = 0;
		fake.fail_first = 9;
		fake.status = once[i];
		ok_int(pull(c, &no_options, NULL, NULL, NULL), once[i]);
		ok_int(fake.calls, 1);
	}
	conn_close(c, &no_options);
}

TEST(does_not_wait_past_the_deadline)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));
	struct call_options o = {.deadline_ns = clock_after_ms(20)};
	AUTO_ERROR struct error *err = NULL;

	fake.fail_first = 9;
	fake.status = CIRRUS_E_UNAVAIL;
	ok_int(pull(c, &o, NULL, NULL, &err), CIRRUS_E_UNAVAIL);
	ok_int(fake.calls, 1);
	ok(err);
	conn_close(c, &no_options);
}

TEST(a_cancel_ends_the_pause_before_another_try)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));
	int fds[2];
	struct call_options o = {0};

	need(fd_pipe(fds, NULL) == 0);
	need(write(fds[1], "x", 1) == 1);
	o.cancel_fd = fds[0];
	fake.fail_first = 9;
	fake.status = CIRRUS_E_UNAVAIL;
	ok_int(pull(c, &o, NULL, NULL, NULL), CIRRUS_E_UNAVAIL);
	ok_int(fake.calls, 1);
	close(fds[0]);
	close(fds[1]);
	conn_close(c, &no_options);
}

static int64_t read_abc(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memcpy(buf, "abc", len < 3 ? len : 3);
	return 3;
}

TEST(a_stream_that_was_begun_is_not_sent_again)
{
	struct conn *c = fake_connect(0);
	struct member *m = one_member(c);
	const struct cirrus_copy_spec spec = {.dir = "/"};
	const struct cirrus_reader tar = {NULL, read_abc};

	fake.fail_first = 1;
	fake.status = CIRRUS_E_UNAVAIL;
	ok_int(member_copy_in(m, &no_options, &spec, &tar, NULL), CIRRUS_OK);
	ok_int(fake.calls, 2);
	fake.calls = 0;
	fake.reads = 3;
	ok_int(member_copy_in(m, &no_options, &spec, &tar, NULL),
	       CIRRUS_E_UNAVAIL);
	ok_int(fake.calls, 1);
	(void)member_delete(m, &no_options, NULL);
	conn_close(c, &no_options);
}

TAP_MAIN()
