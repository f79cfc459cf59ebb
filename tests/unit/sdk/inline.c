/* SPDX-License-Identifier: MIT */
/* The helpers of sdk/include/cirrus/sdk.h. */
#include "config.h"

#include <cirrus/sdk.h>

#include "base/fd.h"
#include "tap.h"

/* --- a host that remembers what it was told ------------------------------ */

static struct {
	int errors, logs;
	cirrus_status status;
	int32_t level;
	char msg[CIRRUS_MSG_MAX], hint[256];
	int64_t now;
	int32_t cancelled;
} told;

static void on_error(const struct cirrus_call *call, cirrus_status status,
		     const char *msg, const char *hint)
{
	(void)call;
	told.errors++;
	told.status = status;
	snprintf(told.msg, sizeof(told.msg), "%s", msg);
	snprintf(told.hint, sizeof(told.hint), "%s", hint ? hint : "");
}

static void on_log(const struct cirrus_call *call, int32_t level,
		   const char *msg)
{
	(void)call;
	told.logs++;
	told.level = level;
	snprintf(told.msg, sizeof(told.msg), "%s", msg);
}

static int32_t on_cancelled(const struct cirrus_call *call)
{
	(void)call;
	return told.cancelled;
}

static int64_t on_now(void)
{
	return told.now;
}

static const struct cirrus_host host = {
	.struct_size = sizeof(host),
	.log = on_log,
	.error = on_error,
	.cancelled = on_cancelled,
	.now_ns = on_now,
};

static struct cirrus_call fresh_call(void)
{
	struct cirrus_call call = {.struct_size = sizeof(call), .host = &host};

	memset(&told, 0, sizeof(told));
	told.now = 1000;
	return call;
}

/* --- errors and logs ------------------------------------------------------ */

TEST(errorf_tells_the_host_once_and_returns_the_status)
{
	struct cirrus_call call = fresh_call();

	ok_int(cirrus_errorf(&call, CIRRUS_E_NOTFOUND, "pull it", "no %s:%d",
			     "debian", 12),
	       CIRRUS_E_NOTFOUND);
	ok_int(told.errors, 1);
	ok_int(told.status, CIRRUS_E_NOTFOUND);
	ok_str(told.msg, "no debian:12");
	ok_str(told.hint, "pull it");
}

TEST(errorf_cuts_what_is_too_long)
{
	struct cirrus_call call = fresh_call();
	char big[2 * CIRRUS_MSG_MAX];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	cirrus_errorf(&call, CIRRUS_E_FAILED, NULL, "%s", big);
	ok_int(strlen(told.msg), CIRRUS_MSG_MAX - 1);
}

TEST(logf_formats)
{
	struct cirrus_call call = fresh_call();

	cirrus_logf(&call, CIRRUS_LOG_WARN, "%d%%", 50);
	ok_int(told.logs, 1);
	ok_int(told.level, CIRRUS_LOG_WARN);
	ok_str(told.msg, "50%");
}

TEST(errnos_become_statuses)
{
	ok_int(cirrus_status_of_errno(ENOENT), CIRRUS_E_NOTFOUND);
	ok_int(cirrus_status_of_errno(EEXIST), CIRRUS_E_EXISTS);
	ok_int(cirrus_status_of_errno(ENOSPC), CIRRUS_E_NOSPACE);
	ok_int(cirrus_status_of_errno(EDQUOT), CIRRUS_E_NOSPACE);
	ok_int(cirrus_status_of_errno(EDOM), CIRRUS_E_FAILED);
}

TEST(every_status_has_a_text)
{
	ok_str(cirrus_status_text(CIRRUS_OK), "success");
	ok_str(cirrus_status_text(CIRRUS_E_CANCELLED), "cancelled");
	ok_str(cirrus_status_text(CIRRUS_E_GONE), "environment gone");
	ok_str(cirrus_status_text(CIRRUS_E_GONE - 1), "failed");
	ok_str(cirrus_status_text(INT32_MIN), "failed");
	ok_str(cirrus_status_text(7), "failed");
}

/* --- specs ---------------------------------------------------------------- */

TEST(copy_zeroes_what_an_older_host_left_out)
{
	struct cirrus_stop_spec old = {.grace_ms = 7, .flags = 1}, spec;

	memset(&spec, 0xff, sizeof(spec));
	old.struct_size = offsetof(struct cirrus_stop_spec, grace_ms);
	CIRRUS_COPY(&spec, &old);
	ok_int(spec.flags, 1);
	ok_int(spec.grace_ms, 0);
}

TEST(copy_leaves_behind_what_a_newer_host_has_on_top)
{
	struct {
		struct cirrus_stop_spec s;
		uint64_t newer;
	} given = {.s.struct_size = sizeof(given), .s.grace_ms = 7, .newer = 9};
	struct {
		struct cirrus_stop_spec s;
		uint64_t guard;
	} got = {.guard = 5};

	CIRRUS_COPY(&got.s, &given.s);
	ok_int(got.s.grace_ms, 7);
	ok_int(got.guard, 5);
}

TEST(unknown_bits_and_enumerators_are_not_supported)
{
	struct cirrus_call call = fresh_call();

	ok_int(cirrus_check_flags(&call, "exec", 3, 3), CIRRUS_OK);
	ok_int(cirrus_check_enum(&call, "mount", 3, 1, 3), CIRRUS_OK);
	ok_int(cirrus_check_required(&call, "exec", 4, 6), CIRRUS_OK);
	ok_int(told.errors, 0);
	ok_int(cirrus_check_flags(&call, "exec", 1u << 31 | 1, 3),
	       CIRRUS_E_NOTSUP);
	ok_str(told.msg,
	       "exec: flags 0x80000000 are not supported by this backend");
	ok_int(cirrus_check_enum(&call, "mount /x", 99, 1, 3), CIRRUS_E_NOTSUP);
	ok_str(told.msg, "mount /x: type 99 is not supported by this backend");
	ok_int(cirrus_check_enum(&call, "mount", 0, 1, 3), CIRRUS_E_NOTSUP);
	ok_int(cirrus_check_required(&call, "exec", 9, 1), CIRRUS_E_NOTSUP);
	ok_int(told.errors, 4);
}

TEST(a_spec_is_checked_for_both_kinds_of_bits)
{
	struct cirrus_call call = fresh_call();
	struct cirrus_copy_spec spec = {.flags = CIRRUS_COPY_MKDIR,
					.required = 2};

	ok_int(CIRRUS_CHECK_SPEC(&call, "copy", &spec, CIRRUS_COPY_MKDIR, 3),
	       CIRRUS_OK);
	ok_int(told.errors, 0);
	ok_int(CIRRUS_CHECK_SPEC(&call, "copy", &spec, 0, 3), CIRRUS_E_NOTSUP);
	ok_str(told.msg, "copy: flags 0x1 are not supported by this backend");
	ok_int(CIRRUS_CHECK_SPEC(&call, "copy", &spec, CIRRUS_COPY_MKDIR, 1),
	       CIRRUS_E_NOTSUP);
	ok_int(told.errors, 2);
}

/* --- capabilities ----------------------------------------------------------- */

TEST(capability_bits_are_set_tested_and_cleared)
{
	uint64_t caps[2] = {CIRRUS_CAP_MASK(0, CIRRUS_CAP_LIST),
			    CIRRUS_CAP_MASK(1, CIRRUS_CAP_LIST)};

	ok(cirrus_cap_test(caps, CIRRUS_CAP_LIST));
	ok_int(caps[1], 0);
	ok(!cirrus_cap_test(caps, CIRRUS_CAP_OPEN));
	cirrus_cap_set(caps, 127);
	ok(cirrus_cap_test(caps, 127));
	ok(caps[1] == (uint64_t)1 << 63);
	cirrus_cap_clear(caps, 127);
	ok_int(caps[1], 0);
	ok(!cirrus_cap_test(caps, 128));
	ok(!cirrus_cap_test(caps, UINT32_MAX));
	ok(CIRRUS_CAP_MASK(1, 64) == 1);
}

TEST(capability_names_follow_the_enumerators)
{
	ok_str(cirrus_cap_name(CIRRUS_CAP_IMAGE_PULL), "IMAGE_PULL");
	ok_str(cirrus_cap_name(CIRRUS_CAP_MOUNT_COW), "MOUNT_COW");
	ok_str(cirrus_cap_name(CIRRUS_CAP_EXEC_ORDER), "EXEC_ORDER");
	ok_str(cirrus_cap_name(CIRRUS_CAP_OPEN), "OPEN");
	ok_str(cirrus_cap_name(CIRRUS_CAP_UNLOGGED), "UNLOGGED");
	ok_str(cirrus_cap_name(CIRRUS_CAP_BUILDKIT), "BUILDKIT");
	ok_str(cirrus_cap_name(CIRRUS_CAP_COPY_RUNNING), "COPY_RUNNING");
	ok_str(cirrus_cap_name(CIRRUS_CAP_VOLUME_MEMORY), "VOLUME_MEMORY");
	ok_str(cirrus_cap_name(CIRRUS_CAP_VOLUME_MEMORY + 1), NULL);
}

/* --- options ------------------------------------------------------------------ */

TEST(kv_get_finds_or_falls_back)
{
	static const struct cirrus_kv kv[] = {{"a", "1"}, {"b", ""}};

	ok_str(cirrus_kv_get(kv, 2, "a", "x"), "1");
	ok_str(cirrus_kv_get(kv, 2, "b", "x"), "");
	ok_str(cirrus_kv_get(kv, 2, "c", "x"), "x");
	ok_str(cirrus_kv_get(NULL, 0, "a", NULL), NULL);
}

TEST(bools)
{
	static const char *const bad[] = {"", "TRUE", "2", "y", "true "};
	int b = 5;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok_int(cirrus_parse_bool(bad[i], &b), -1);
	ok_int(b, 5);
	ok_int(cirrus_parse_bool("true", &b), 0);
	ok_int(b, 1);
	ok_int(cirrus_parse_bool("off", &b), 0);
	ok_int(b, 0);
	ok_int(cirrus_parse_bool("yes", &b), 0);
	ok_int(b, 1);
}

/* One table for the three parsers of numbers. */
typedef int parse_fn(const char *, int64_t *);
struct number {
	parse_fn *parse;
	const char *text;
	int64_t want; /* -99: refused */
};

TEST(numbers_durations_sizes)
{
	static const struct number numbers[] = {
		{cirrus_parse_int, "0", 0},
		{cirrus_parse_int, "-12", -12},
		{cirrus_parse_int, "9223372036854775807", INT64_MAX},
		{cirrus_parse_int, "9223372036854775808", -99},
		{cirrus_parse_int, "", -99},
		{cirrus_parse_int, "-", -99},
		{cirrus_parse_int, "--1", -99},
		{cirrus_parse_int, "+1", -99},
		{cirrus_parse_int, " 1", -99},
		{cirrus_parse_int, "1x", -99},
		{cirrus_parse_int, "0x10", -99},
		{cirrus_parse_duration, "0", 0},
		{cirrus_parse_duration, "250ms", 250000000},
		{cirrus_parse_duration, "90s", 90000000000},
		{cirrus_parse_duration, "1h30m", 5400000000000},
		{cirrus_parse_duration, "2562047h", 2562047 * 3600000000000},
		{cirrus_parse_duration, "2562048h", -99},
		{cirrus_parse_duration, "2562047h3600s", -99},
		{cirrus_parse_duration, "90", -99},
		{cirrus_parse_duration, "", -99},
		{cirrus_parse_duration, "s", -99},
		{cirrus_parse_duration, "1.5h", -99},
		{cirrus_parse_duration, "-1s", -99},
		{cirrus_parse_duration, "1h ", -99},
		{cirrus_parse_size, "512", 512},
		{cirrus_parse_size, "512b", 512},
		{cirrus_parse_size, "2k", 2048},
		{cirrus_parse_size, "4G", (int64_t)4 << 30},
		{cirrus_parse_size, "4GiB", (int64_t)4 << 30},
		{cirrus_parse_size, "1MB", 1 << 20},
		{cirrus_parse_size, "8388607T", (int64_t)8388607 << 40},
		{cirrus_parse_size, "8388608T", -99},
		{cirrus_parse_size, "", -99},
		{cirrus_parse_size, "G", -99},
		{cirrus_parse_size, "4X", -99},
		{cirrus_parse_size, "4Gi B", -99},
		{cirrus_parse_size, "-1", -99},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct number *n = &numbers[i];
		int64_t got = -99;

		ok_int(n->parse(n->text, &got), n->want == -99 ? -1 : 0);
		if (!ok_int(got, n->want))
			printf("# \"%s\"\n", n->text);
	}
}

/* --- cancelling, deadlines ------------------------------------------------------ */

TEST(remaining_time_is_rounded_up_and_never_negative)
{
	struct cirrus_call call = fresh_call();

	ok_int(cirrus_remaining_ms(&call), -1);
	ok(cirrus_remaining_ns(&call) == INT64_MAX);
	call.deadline_ns = told.now + 1;
	ok_int(cirrus_remaining_ns(&call), 1);
	ok_int(cirrus_remaining_ms(&call), 1);
	call.deadline_ns = told.now - 1;
	ok_int(cirrus_remaining_ns(&call), 0);
	ok_int(cirrus_remaining_ms(&call), 0);
	call.deadline_ns = INT64_MAX;
	ok_int(cirrus_remaining_ms(&call), INT32_MAX);
}

TEST(check_call_sees_cancel_before_deadline)
{
	struct cirrus_call call = fresh_call();

	ok_int(cirrus_check_call(&call), CIRRUS_OK);
	call.deadline_ns = 1;
	ok_int(cirrus_check_call(&call), CIRRUS_E_TIMEOUT);
	told.cancelled = 1;
	ok_int(cirrus_check_call(&call), CIRRUS_E_CANCELLED);
	ok_int(told.errors, 0);
}

TEST(poll_tells_data_cancel_and_deadline_apart)
{
	struct cirrus_call call = fresh_call();
	AUTO_CLOSE int data_r = -1;
	AUTO_CLOSE int data_w = -1;
	AUTO_CLOSE int stop_r = -1;
	AUTO_CLOSE int stop_w = -1;
	int p[2];

	need(fd_pipe(p, NULL) == 0);
	data_r = p[0];
	data_w = p[1];
	need(fd_pipe(p, NULL) == 0);
	stop_r = p[0];
	stop_w = p[1];
	call.cancel_fd = stop_r;

	call.deadline_ns = told.now + 1000000;
	ok_int(cirrus_poll(&call, data_r, POLLIN), CIRRUS_E_TIMEOUT);
	ok_int(cirrus_poll(&call, data_w, POLLOUT), CIRRUS_OK);
	ok_int(write(data_w, "x", 1), 1);
	ok_int(cirrus_poll(&call, data_r, POLLIN), CIRRUS_OK);
	/* Cancelling comes first, and stays. */
	ok_int(write(stop_w, "x", 1), 1);
	ok_int(cirrus_poll(&call, data_r, POLLIN), CIRRUS_E_CANCELLED);
	ok_int(cirrus_poll(&call, data_r, POLLIN), CIRRUS_E_CANCELLED);
}

TEST(poll_without_cancel_fd_sees_the_end_of_a_stream)
{
	struct cirrus_call call = fresh_call();
	AUTO_CLOSE int r = -1;
	int p[2];

	need(fd_pipe(p, NULL) == 0);
	r = p[0];
	close(p[1]);
	ok_int(cirrus_poll(&call, r, POLLIN), CIRRUS_OK);
}

TAP_MAIN()
