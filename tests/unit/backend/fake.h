/* SPDX-License-Identifier: MIT */
/* A backend inside the test program, which does what each test tells it to and
 * remembers what it was asked. */
#ifndef CIRRUS_TESTS_UNIT_BACKEND_FAKE_H
#define CIRRUS_TESTS_UNIT_BACKEND_FAKE_H

#include <inttypes.h>

#include "backend/conn.h"
#include "base/clock.h"
#include "tap.h"

struct cirrus_conn {
	int unused;
};
struct cirrus_instance {
	int number;
	bool deleted;
};

static struct {
	int calls;            /* of the operation under test */
	int fail_first;       /* that many calls answer ... */
	cirrus_status status; /* ... this, all others OK */
	const char *msg, *hint;
	int n_handles; /* that create gives out */
	int deleted, delete_fails;
	uint64_t capabilities;
	struct cirrus_call call;            /* of the last one */
	struct cirrus_instance_spec member; /* of the last create */
	bool padded;                        /* zeros behind every spec */
	struct cirrus_instance instances[4];
	size_t reads; /* bytes that copy_in takes before it fails */
} fake;

/* Everything between a struct's end and the end of the area is zero. */
static inline bool is_padded(const void *spec, size_t size)
{
	const char *p = spec;

	for (size_t i = size; i < CIRRUS_OUT_MAX; i++)
		if (p[i])
			return false;
	return *(const uint32_t *)spec == size;
}

static inline cirrus_status fake_answer(const struct cirrus_call *call)
{
	fake.call = *call;
	if (fake.calls++ >= fake.fail_first)
		return CIRRUS_OK;
	if (fake.msg)
		call->host->error(call, fake.status, fake.msg, fake.hint);
	return fake.status;
}

static inline cirrus_status fake_open(const struct cirrus_call *call,
				      const struct cirrus_config *config,
				      cirrus_conn **out)
{
	static struct cirrus_conn conn;

	(void)call;
	(void)config;
	*out = &conn;
	return CIRRUS_OK;
}

static inline void fake_close(cirrus_conn *conn, const struct cirrus_call *call)
{
	(void)conn;
	fake.call = *call;
}

static inline cirrus_status fake_system_info(cirrus_conn *conn,
					     const struct cirrus_call *call,
					     const char *kind,
					     struct cirrus_system_info *out)
{
	(void)conn;
	(void)call;
	(void)kind;
	out->capabilities[0] = fake.capabilities;
	snprintf(out->os, sizeof(out->os), "linux");
	snprintf(out->arch, sizeof(out->arch), "amd64");
	return CIRRUS_OK;
}

static inline cirrus_status fake_pull(cirrus_conn *conn,
				      const struct cirrus_call *call,
				      const struct cirrus_image_spec *spec,
				      struct cirrus_image_info *out)
{
	(void)conn;
	fake.padded = is_padded(spec, sizeof(*spec)) &&
		      (!spec->platform ||
		       is_padded(spec->platform, sizeof(*spec->platform)));
	/* A plugin built against a later header writes further than we know. */
	memset((char *)out + sizeof(*out), 0xff, CIRRUS_OUT_MAX - sizeof(*out));
	snprintf(out->id, sizeof(out->id), "id of %s", spec->ref);
	return fake_answer(call);
}

static inline cirrus_status fake_create(cirrus_conn *conn,
					const struct cirrus_call *call,
					const struct cirrus_group_spec *spec,
					cirrus_instance **out)
{
	(void)conn;
	fake.padded = is_padded(spec, sizeof(*spec));
	for (size_t i = 0; i < spec->n_members; i++)
		fake.padded &=
			is_padded(spec->members[i], sizeof(**spec->members));
	for (size_t i = 0; i < spec->members[0]->n_mounts; i++)
		fake.padded &= is_padded(spec->members[0]->mounts[i],
					 sizeof(struct cirrus_mount));
	fake.member = *spec->members[0];
	for (int i = 0; i < fake.n_handles; i++)
		out[i] = &fake.instances[i];
	return fake_answer(call);
}

static inline void fake_release(cirrus_instance *instance)
{
	(void)instance;
}

static inline cirrus_status fake_start(cirrus_instance *instance,
				       const struct cirrus_call *call,
				       const struct cirrus_start_spec *spec)
{
	(void)instance;
	(void)spec;
	return fake_answer(call);
}

static inline cirrus_status fake_exec(cirrus_instance *instance,
				      const struct cirrus_call *call,
				      const struct cirrus_exec_spec *spec,
				      struct cirrus_exit *out)
{
	(void)instance;
	(void)spec;
	out->code = 3;
	return fake_answer(call);
}

static inline cirrus_status fake_copy_in(cirrus_instance *instance,
					 const struct cirrus_call *call,
					 const struct cirrus_copy_spec *spec,
					 const struct cirrus_reader *tar)
{
	char text[64];

	(void)instance;
	(void)spec;
	if (fake.reads)
		(void)tar->read(tar->ctx, text, fake.reads);
	return fake_answer(call);
}

static inline cirrus_status fake_copy_out(cirrus_instance *instance,
					  const struct cirrus_call *call,
					  const struct cirrus_copy_spec *spec,
					  const struct cirrus_writer *tar)
{
	(void)instance;
	(void)spec;
	(void)tar;
	return fake_answer(call);
}

static inline cirrus_status fake_stop(cirrus_instance *instance,
				      const struct cirrus_call *call,
				      const struct cirrus_stop_spec *spec)
{
	(void)instance;
	(void)spec;
	return fake_answer(call);
}

static inline cirrus_status fake_delete(cirrus_instance *instance,
					const struct cirrus_call *call)
{
	fake.call = *call;
	if (fake.delete_fails-- > 0)
		return CIRRUS_E_CONFLICT;
	fake.deleted++;
	instance->deleted = true;
	return CIRRUS_OK;
}

static const struct cirrus_kind fake_kind = {
	.struct_size = sizeof(fake_kind),
	.capabilities = {UINT64_MAX, UINT64_MAX},
	.name = "container",
};

/* A connection to the fake, which can do what `capabilities` says. */
static inline struct conn *fake_connect(uint64_t capabilities)
{
	static struct backend backend = {
		.name = (char *)"fake",
		.table =
			{
				.name = "fake",
				.open = fake_open,
				.close = fake_close,
				.system_info = fake_system_info,
				.image_pull = fake_pull,
				.instance_create = fake_create,
				.instance_release = fake_release,
				.instance_start = fake_start,
				.instance_exec = fake_exec,
				.instance_copy_in = fake_copy_in,
				.instance_copy_out = fake_copy_out,
				.instance_stop = fake_stop,
				.instance_delete = fake_delete,
			},
	};
	struct settings settings = {0};
	struct call_options o = {0};
	struct conn *c = NULL;

	memset(&fake, 0, sizeof(fake));
	fake.capabilities = capabilities;
	if (conn_open(&backend, &fake_kind, &settings, &o, &c, NULL) < 0)
		exit(99);
	return c;
}

#define CAN(name) (UINT64_C(1) << CIRRUS_CAP_##name)

static const struct call_options no_options = {0};

/* --- what most tests begin with ------------------------------------------------ */

static inline cirrus_status pull(struct conn *c, const struct call_options *o,
				 const struct cirrus_platform *platform,
				 struct cirrus_image_info *out,
				 struct error **err)
{
	const struct cirrus_image_spec spec = {
		.ref = "debian:12",
		.platform = platform,
	};

	return conn_image_pull(c, o, &spec, out, err);
}

#define GROUP(member_)                                                \
	{                                                             \
		.members =                                            \
			(const struct cirrus_instance_spec *const[]){ \
				&(member_), &(member_)},              \
		.n_members = 1,                                       \
	}

static inline struct member *one_member(struct conn *c)
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

#endif
