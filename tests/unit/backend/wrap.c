/* SPDX-License-Identifier: MIT */
/* What crosses the line to a plugin, and the handles that come back. */
#include "config.h"

#include "base/fd.h"
#include "fake.h"

/* --- what crosses the line ---------------------------------------------------- */

TEST(pads_specs_and_takes_no_more_than_it_knows)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL) | CAN(PLATFORM));
	const struct cirrus_platform arm = {.os = "linux", .arch = "arm64"};
	struct {
		struct cirrus_image_info info;
		char behind[64];
	} out = {.behind = "untouched"};
	AUTO_ERROR struct error *err = NULL;

	ok_int(pull(c, &no_options, &arm, &out.info, &err), CIRRUS_OK);
	ok(!err);
	ok(fake.padded);
	ok_str(out.info.id, "id of debian:12");
	ok_str(out.behind, "untouched");
	conn_close(c, &no_options);
}

TEST(a_cancel_fd_is_always_there_to_be_polled)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));

	ok_int(pull(c, &no_options, NULL, NULL, NULL), CIRRUS_OK);
	ok(fake.call.cancel_fd > 2);
	ok_int(fake.call.deadline_ns, 0);
	ok_int(fd_wait(fake.call.cancel_fd, 1, -1, clock_now()), FD_TIMEOUT);
	conn_close(c, &no_options);
}

/* --- what the plugin says ------------------------------------------------------ */

TEST(hands_up_what_the_plugin_said)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));
	AUTO_ERROR struct error *err = NULL;

	fake.fail_first = 1;
	fake.status = CIRRUS_E_NOTFOUND;
	fake.msg = "debian:12: no such image";
	fake.hint = "look at the spelling";
	ok_int(pull(c, &no_options, NULL, NULL, &err), CIRRUS_E_NOTFOUND);
	ok_int(fake.calls, 1);
	need(err);
	ok_int(err->code, ERR_NOTFOUND);
	ok_str(err->msg, "fake: debian:12: no such image");
	ok_str(err->hint, "look at the spelling");
	conn_close(c, &no_options);
}

TEST(finds_words_where_the_plugin_has_none)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));
	AUTO_ERROR struct error *err = NULL;

	fake.fail_first = 1;
	fake.status = CIRRUS_E_GONE;
	ok_int(pull(c, &no_options, NULL, NULL, &err), CIRRUS_E_GONE);
	need(err);
	ok_int(err->code, ERR_LOST);
	ok_str(err->msg, "fake: image_pull: environment gone");
	conn_close(c, &no_options);
}

TEST(an_unknown_status_is_a_failure)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));

	fake.fail_first = 1;
	fake.status = -4711;
	ok_int(pull(c, &no_options, NULL, NULL, NULL), CIRRUS_E_FAILED);
	fake.calls = 0;
	fake.status = 12;
	ok_int(pull(c, &no_options, NULL, NULL, NULL), CIRRUS_E_FAILED);
	conn_close(c, &no_options);
}

/* --- environments ----------------------------------------------------------------- */

TEST(creates_and_ends_a_group)
{
	struct conn *c = fake_connect(CAN(SIDECAR));
	const struct cirrus_instance_spec member = {
		.flags = CIRRUS_INSTANCE_IDLE,
	};
	struct cirrus_group_spec group = GROUP(member);
	struct member *m[2];

	group.n_members = 2;
	fake.n_handles = 2;
	ok_int(conn_create(c, &no_options, &group, m, NULL), CIRRUS_OK);
	ok(fake.padded);
	need(m[0] && m[1]);
	ok_int(member_delete(m[1], &no_options, NULL), CIRRUS_OK);
	ok_int(member_delete(m[0], &no_options, NULL), CIRRUS_OK);
	ok_int(fake.deleted, 2);
	conn_close(c, &no_options);
}

TEST(removes_what_a_failed_create_has_left)
{
	struct conn *c = fake_connect(CAN(SIDECAR));
	const struct cirrus_instance_spec member = {
		.flags = CIRRUS_INSTANCE_IDLE,
	};
	struct cirrus_group_spec group = GROUP(member);
	struct member *m[2];
	AUTO_ERROR struct error *err = NULL;

	group.n_members = 2;
	fake.n_handles = 1;
	fake.fail_first = 1;
	fake.status = CIRRUS_E_NOSPACE;
	fake.msg = "disk full";
	ok_int(conn_create(c, &no_options, &group, m, &err), CIRRUS_E_NOSPACE);
	ok(!m[0] && !m[1]);
	ok_int(fake.deleted, 1);
	ok(fake.instances[0].deleted);
	ok_str(err ? err->msg : NULL, "fake: disk full");
	conn_close(c, &no_options);
}

TEST(a_success_without_a_handle_is_none)
{
	struct conn *c = fake_connect(0);
	const struct cirrus_instance_spec member = {
		.flags = CIRRUS_INSTANCE_IDLE,
	};
	const struct cirrus_group_spec group = GROUP(member);
	struct member *m[1];
	AUTO_ERROR struct error *err = NULL;

	ok_int(conn_create(c, &no_options, &group, m, &err), CIRRUS_E_FAILED);
	ok(!m[0]);
	ok_str(err ? err->msg : NULL,
	       "backend fake created no environment and called it a success");
	conn_close(c, &no_options);
}

TEST(a_handle_survives_a_delete_that_failed)
{
	struct conn *c = fake_connect(0);
	struct member *m = one_member(c);

	fake.delete_fails = 1;
	ok_int(member_delete(m, &no_options, NULL), CIRRUS_E_CONFLICT);
	ok_int(member_delete(m, &no_options, NULL), CIRRUS_OK);
	ok_int(fake.deleted, 1);
	conn_close(c, &no_options);
}

TEST(nobody_cancels_a_clean_up_and_it_has_time)
{
	struct conn *c = fake_connect(0);
	struct member *m = one_member(c);
	struct call_options o = {.deadline_ns = clock_now()};
	const struct cirrus_stop_spec stop = {.grace_ms = 20000};
	int fds[2];

	need(fd_pipe(fds, NULL) == 0);
	o.cancel_fd = fds[0];
	ok_int(member_stop(m, &o, &stop, NULL), CIRRUS_OK);
	ok(fake.call.cancel_fd != fds[0]);
	ok(fake.call.deadline_ns > clock_now() + 30 * NS_PER_S);
	ok_int(member_delete(m, &o, NULL), CIRRUS_OK);
	ok(fake.call.cancel_fd != fds[0]);
	ok(fake.call.deadline_ns > clock_now() + 10 * NS_PER_S);
	close(fds[0]);
	close(fds[1]);
	conn_close(c, &no_options);
}

TEST(an_exit_code_is_no_error)
{
	struct conn *c = fake_connect(0);
	struct member *m = one_member(c);
	const struct cirrus_exec_spec spec = {0};
	struct cirrus_exit out;
	AUTO_ERROR struct error *err = NULL;

	ok_int(member_exec(m, &no_options, &spec, &out, &err), CIRRUS_OK);
	ok_int(out.code, 3);
	ok(!err);
	(void)member_delete(m, &no_options, NULL);
	conn_close(c, &no_options);
}

TAP_MAIN()
