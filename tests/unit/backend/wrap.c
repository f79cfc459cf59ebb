/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/fd.h"
#include "base/strv.h"
#include "fake.h"

static cirrus_status pull(struct conn *c, const struct call_options *o,
			  const struct cirrus_platform *platform,
			  struct cirrus_image_info *out, struct error **err)
{
	const struct cirrus_image_spec spec = {
		.ref = "debian:12",
		.platform = platform,
	};

	return conn_image_pull(c, o, &spec, out, err);
}

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

/* --- trying again --------------------------------------------------------------- */

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

/* --- environments ----------------------------------------------------------------- */

#define GROUP(member_)                                                \
	{                                                             \
		.members =                                            \
			(const struct cirrus_instance_spec *const[]){ \
				&(member_), &(member_)},              \
		.n_members = 1,                                       \
	}

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

static struct member *one_member(struct conn *c)
{
	const struct cirrus_instance_spec member = {
		.flags = CIRRUS_INSTANCE_IDLE,
	};
	const struct cirrus_group_spec group = GROUP(member);
	struct member *m[1];

	fake.n_handles = 1;
	if (conn_create(c, &no_options, &group, m, NULL) != CIRRUS_OK)
		exit(99);
	fake.calls = 0;
	return m[0];
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

/* --- what a backend lacks ----------------------------------------------------------- */

TEST(says_which_operation_is_missing)
{
	struct conn *c = fake_connect(UINT64_MAX);
	const struct cirrus_image_spec spec = {.ref = "debian:12"};
	struct cirrus_image_info out;
	AUTO_ERROR struct error *err = NULL;

	ok_int(conn_image_inspect(c, &no_options, &spec, &out, &err),
	       CIRRUS_E_NOTSUP);
	ok_str(err ? err->msg : NULL,
	       "backend fake lacks the operation image_inspect");
	conn_close(c, &no_options);
}

TEST(says_which_capability_is_missing)
{
	struct conn *c = fake_connect(0);
	AUTO_ERROR struct error *err = NULL;

	ok_int(pull(c, &no_options, NULL, NULL, &err), CIRRUS_E_NOTSUP);
	ok_int(fake.calls, 0);
	ok_str(err ? err->msg : NULL,
	       "backend fake does not offer pulling images here (IMAGE_PULL)");
	conn_close(c, &no_options);
}

TEST(does_not_call_for_what_is_not_understood)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));
	const struct cirrus_image_spec spec = {.required = 4, .ref = "x"};
	AUTO_ERROR struct error *err = NULL;

	ok_int(conn_image_pull(c, &no_options, &spec, NULL, &err),
	       CIRRUS_E_NOTSUP);
	ok_int(fake.calls, 0);
	ok_str(err ? err->msg : NULL,
	       "backend fake does not know what is asked of it (bits 4)");
	conn_close(c, &no_options);
}

TEST(the_engine_s_own_platform_needs_no_capability)
{
	struct conn *c = fake_connect(CAN(IMAGE_PULL));
	const struct cirrus_platform own = {.os = "linux", .arch = "amd64"};
	const struct cirrus_platform arm = {.os = "linux", .arch = "arm64"};

	ok_int(pull(c, &no_options, &own, NULL, NULL), CIRRUS_OK);
	ok_int(pull(c, &no_options, &arm, NULL, NULL), CIRRUS_E_NOTSUP);
	conn_close(c, &no_options);
}

/* Each thing that a member can ask for, alone. */
static const struct cirrus_mount mounts[] = {
	{.type = CIRRUS_MOUNT_BIND, .target = "/a"},
	{.type = CIRRUS_MOUNT_VOLUME, .target = "/a"},
	{.type = CIRRUS_MOUNT_TMPFS, .target = "/a"},
	{.type = CIRRUS_MOUNT_BIND,
	 .flags = CIRRUS_MOUNT_READONLY,
	 .target = "/a"},
	{.type = CIRRUS_MOUNT_BIND, .flags = CIRRUS_MOUNT_COW, .target = "/a"},
};
#define MOUNT(i)                                                    \
	.mounts = (const struct cirrus_mount *const[]){&mounts[i]}, \
	.n_mounts = 1
static const struct cirrus_device device = {.name = "/dev/kvm"};
static const struct cirrus_port port = {.inside = 80};
static const struct cirrus_platform other = {.arch = "s390x"};

static const struct {
	unsigned int cap, also;
	bool command;
	struct cirrus_instance_spec member;
} asks[] = {
	{CIRRUS_CAP_COMMAND, 0, .command = true},
	{CIRRUS_CAP_PRIVILEGED,
	 .member = {.flags = CIRRUS_INSTANCE_PRIVILEGED}},
	{CIRRUS_CAP_PLATFORM, .member = {.platform = &other}},
	{CIRRUS_CAP_USER, .member = {.user = "nobody"}},
	{CIRRUS_CAP_HOSTNAME, .member = {.hostname = "box"}},
	{CIRRUS_CAP_DEVICE,
	 .member = {.devices = (const struct cirrus_device *const[]){&device},
		    .n_devices = 1}},
	{CIRRUS_CAP_PORTS,
	 .member = {.ports = (const struct cirrus_port *const[]){&port},
		    .n_ports = 1}},
	{CIRRUS_CAP_MOUNT_BIND, .member = {MOUNT(0)}},
	{CIRRUS_CAP_VOLUME, .member = {MOUNT(1)}},
	{CIRRUS_CAP_MOUNT_TMPFS, .member = {MOUNT(2)}},
	{CIRRUS_CAP_MOUNT_READONLY, CIRRUS_CAP_MOUNT_BIND,
	 .member = {MOUNT(3)}},
	{CIRRUS_CAP_MOUNT_COW, CIRRUS_CAP_MOUNT_BIND, .member = {MOUNT(4)}},
};

static cirrus_status create(struct conn *c,
			    const struct cirrus_group_spec *group,
			    struct error **err)
{
	struct member *m[2] = {NULL, NULL};
	cirrus_status s;

	fake.n_handles = (int)group->n_members;
	s = conn_create(c, &no_options, group, m, err);
	for (size_t i = 0; i < 2; i++)
		if (m[i])
			(void)member_delete(m[i], &no_options, NULL);
	return s;
}

/* Refused without the bit, by its name and before any call; done with it. */
static void check_ask(unsigned int cap, uint64_t also,
		      const struct cirrus_group_spec *group)
{
	struct conn *without = fake_connect(also);
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *name = xasprintf("(%s)", capability_name(cap));
	struct conn *with;

	ok_int(create(without, group, &err), CIRRUS_E_NOTSUP);
	ok_int(fake.calls, 0);
	if (!ok(err && str_ends(err->msg, name)))
		printf("# %s: %s\n", name, err ? err->msg : "no error");
	conn_close(without, &no_options);
	with = fake_connect(also | UINT64_C(1) << cap);
	ok_int(create(with, group, NULL), CIRRUS_OK);
	ok_int(fake.calls, 1);
	conn_close(with, &no_options);
}

TEST(refuses_what_a_member_asks_for_and_cannot_have)
{
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		struct cirrus_instance_spec member = asks[i].member;
		const struct cirrus_group_spec group = GROUP(member);

		if (!asks[i].command)
			member.flags |= CIRRUS_INSTANCE_IDLE;
		check_ask(asks[i].cap,
			  asks[i].also ? UINT64_C(1) << asks[i].also : 0,
			  &group);
	}
}

TEST(refuses_what_a_group_asks_for_and_cannot_have)
{
	const struct cirrus_instance_spec member = {
		.flags = CIRRUS_INSTANCE_IDLE,
	};
	struct cirrus_group_spec group = GROUP(member);

	group.n_members = 2;
	check_ask(CIRRUS_CAP_SIDECAR, 0, &group);
	group.n_members = 1;
	group.net_mode = CIRRUS_NET_NONE;
	check_ask(CIRRUS_CAP_NET_NONE, 0, &group);
	group.net_mode = CIRRUS_NET_NAMED;
	check_ask(CIRRUS_CAP_NET_NAMED, 0, &group);
	group.net_mode = CIRRUS_NET_DEFAULT;
	group.flags = CIRRUS_GROUP_EXPOSE;
	check_ask(CIRRUS_CAP_EXPOSE, 0, &group);
}

TEST(refuses_what_a_command_asks_for_and_cannot_have)
{
	static const struct {
		unsigned int cap;
		struct cirrus_exec_spec spec;
	} execs[] = {
		{CIRRUS_CAP_EXEC_USER, {.user = "nobody"}},
		{CIRRUS_CAP_EXEC_STDIN, {.stdin_fd = 7}},
		{CIRRUS_CAP_EXEC_SPLIT, {.stdout_fd = 7, .stderr_fd = 8}},
		{CIRRUS_CAP_EXEC_SPLIT, {.stdout_fd = 7}},
		{CIRRUS_CAP_EXEC_TTY, {.flags = CIRRUS_EXEC_TTY}},
		{CIRRUS_CAP_EXEC_KILL_REST, {.flags = CIRRUS_EXEC_KILL_REST}},
		{CIRRUS_CAP_EXEC_SIGNAL, {.control_fd = 7}},
	};

	for (size_t i = 0; i < ARRAY_LEN(execs); i++) {
		uint64_t bit = UINT64_C(1) << execs[i].cap;
		struct conn *c = fake_connect(~bit & ~CAN(EXEC_RESIZE));
		struct member *m = one_member(c);
		struct cirrus_exit out;

		ok_int(member_exec(m, &no_options, &execs[i].spec, &out, NULL),
		       CIRRUS_E_NOTSUP);
		c->capabilities[0] = bit;
		ok_int(member_exec(m, &no_options, &execs[i].spec, &out, NULL),
		       CIRRUS_OK);
		(void)member_delete(m, &no_options, NULL);
		conn_close(c, &no_options);
	}
}

TEST(start_needs_stdio_only_where_fds_are_given)
{
	struct conn *c = fake_connect(0);
	struct member *m = one_member(c);
	const struct cirrus_start_spec with = {.stdout_fd = 7, .stderr_fd = 7};

	ok_int(member_start(m, &no_options, NULL, NULL), CIRRUS_OK);
	ok_int(member_start(m, &no_options, &with, NULL), CIRRUS_E_NOTSUP);
	c->capabilities[0] = CAN(START_STDIO);
	ok_int(member_start(m, &no_options, &with, NULL), CIRRUS_OK);
	(void)member_delete(m, &no_options, NULL);
	conn_close(c, &no_options);
}

static int warnings;

static void count_warning(void *ctx, void *scope, int32_t level,
			  const char *msg)
{
	(void)ctx;
	(void)scope;
	if (level == CIRRUS_LOG_WARN && strstr(msg, "cannot limit memory"))
		warnings++;
}

TEST(a_limit_without_effect_is_one_warning)
{
	const struct backend_hooks hooks = {.log = count_warning};
	const struct backend_hooks none = {0};
	struct conn *c = fake_connect(CAN(CPU_LIMIT));
	const struct cirrus_instance_spec member = {
		.flags = CIRRUS_INSTANCE_IDLE,
		.nano_cpus = 2000000000,
		.memory_bytes = 1 << 30,
	};
	const struct cirrus_group_spec group = GROUP(member);

	backend_set_hooks(&hooks);
	ok_int(create(c, &group, NULL), CIRRUS_OK);
	ok_int(create(c, &group, NULL), CIRRUS_OK);
	backend_set_hooks(&none);
	ok_int(fake.member.nano_cpus, 2000000000);
	ok_int(fake.member.memory_bytes, 0);
	ok_int(warnings, 1);
	conn_close(c, &no_options);
}

TAP_MAIN()
