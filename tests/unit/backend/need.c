/* SPDX-License-Identifier: MIT */
/* What a backend lacks. */
#include "config.h"

#include "backend/need.h"

#include "base/strv.h"
#include "fake.h"

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
	{CIRRUS_CAP_UNLOGGED, .member = {.flags = CIRRUS_INSTANCE_UNLOGGED}},
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

TEST(builds_and_volumes_need_what_their_flags_say)
{
	struct conn *c = fake_connect(CAN(IMAGE_BUILD) | CAN(VOLUME));
	const struct cirrus_build_spec build = {.flags = CIRRUS_BUILD_BUILDKIT};
	const struct cirrus_volume_spec memory = {
		.name = "v", .flags = CIRRUS_VOLUME_MEMORY};
	AUTO_ERROR struct error *no_kit = NULL, *no_memory = NULL;

	ok_int(conn_image_build(c, &no_options, &build, NULL, NULL, NULL,
				&no_kit),
	       CIRRUS_E_NOTSUP);
	ok(no_kit && strstr(no_kit->msg, "building what needs BuildKit"));
	ok_int(conn_volume_create(c, &no_options, &memory, &no_memory),
	       CIRRUS_E_NOTSUP);
	ok(no_memory && strstr(no_memory->msg, "volumes in memory"));
	conn_close(c, &no_options);
}

TAP_MAIN()
