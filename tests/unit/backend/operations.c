/* SPDX-License-Identifier: MIT */
/* Every wrapper reaches the operation of its name, with what it was given, and
 * brings back what it says; without the operation or its capability it says so
 * and calls nothing. */
#include "config.h"

#include "fake.h"

static const char *called; /* the operation that was reached last */
static bool in_padded;     /* its spec was */

static cirrus_status reached(const char *name, const void *spec, size_t size)
{
	called = name;
	in_padded = !spec || is_padded(spec, size);
	return CIRRUS_OK;
}

static cirrus_status op_inspect(UNUSED cirrus_conn *conn,
				UNUSED const struct cirrus_call *call,
				const struct cirrus_image_spec *spec,
				struct cirrus_image_info *out)
{
	out->size_bytes = 1;
	return reached("image_inspect", spec, sizeof(*spec));
}

static cirrus_status op_push(UNUSED cirrus_conn *conn,
			     UNUSED const struct cirrus_call *call,
			     const struct cirrus_image_spec *spec,
			     struct cirrus_image_info *out)
{
	out->size_bytes = 2;
	return reached("image_push", spec, sizeof(*spec));
}

static cirrus_status op_build(UNUSED cirrus_conn *conn,
			      UNUSED const struct cirrus_call *call,
			      const struct cirrus_build_spec *spec,
			      const struct cirrus_reader *context,
			      const struct cirrus_writer *log,
			      struct cirrus_image_info *out)
{
	char text[8];
	int64_t n = context->read(context->ctx, text, sizeof(text));

	(void)log->write(log->ctx, CIRRUS_STDOUT, text, (size_t)n);
	out->size_bytes = 3;
	return reached("image_build", spec, sizeof(*spec));
}

static cirrus_status op_image_delete(UNUSED cirrus_conn *conn,
				     UNUSED const struct cirrus_call *call,
				     const struct cirrus_image_spec *spec)
{
	return reached("image_delete", spec, sizeof(*spec));
}

static cirrus_status op_volume_create(UNUSED cirrus_conn *conn,
				      UNUSED const struct cirrus_call *call,
				      const struct cirrus_volume_spec *spec)
{
	return reached("volume_create", spec, sizeof(*spec));
}

static cirrus_status op_volume_delete(UNUSED cirrus_conn *conn,
				      UNUSED const struct cirrus_call *call,
				      const struct cirrus_volume_spec *spec)
{
	return reached("volume_delete", spec, sizeof(*spec));
}

static cirrus_status op_list(UNUSED cirrus_conn *conn,
			     UNUSED const struct cirrus_call *call,
			     const struct cirrus_list_spec *spec,
			     const struct cirrus_sink *sink)
{
	const struct cirrus_object o = {.struct_size = sizeof(o), .id = "id"};

	(void)sink->object(sink->ctx, &o);
	return reached("list", spec, sizeof(*spec));
}

static cirrus_status op_object_delete(UNUSED cirrus_conn *conn,
				      UNUSED const struct cirrus_call *call,
				      const struct cirrus_object *object)
{
	return reached("object_delete", object, sizeof(*object));
}

static cirrus_status op_open(UNUSED cirrus_conn *conn,
			     UNUSED const struct cirrus_call *call,
			     UNUSED const char *id, cirrus_instance **out)
{
	*out = &fake.instances[0];
	return reached("instance_open", NULL, 0);
}

static cirrus_status op_info(UNUSED cirrus_instance *instance,
			     UNUSED const struct cirrus_call *call,
			     struct cirrus_instance_info *out)
{
	snprintf(out->id, sizeof(out->id), "info");
	return reached("instance_info", NULL, 0);
}

static cirrus_status op_wait(UNUSED cirrus_instance *instance,
			     UNUSED const struct cirrus_call *call,
			     struct cirrus_exit *out)
{
	out->code = 7;
	return reached("instance_wait", NULL, 0);
}

static cirrus_status op_logs(UNUSED cirrus_instance *instance,
			     UNUSED const struct cirrus_call *call,
			     const struct cirrus_logs_spec *spec,
			     const struct cirrus_writer *writer)
{
	(void)writer->write(writer->ctx, CIRRUS_STDERR, "log", 3);
	return reached("instance_logs", spec, sizeof(*spec));
}

static cirrus_status op_snapshot(UNUSED cirrus_instance *instance,
				 UNUSED const struct cirrus_call *call,
				 const struct cirrus_snapshot_spec *spec,
				 struct cirrus_image_info *out)
{
	out->size_bytes = 4;
	return reached("instance_snapshot", spec, sizeof(*spec));
}

static cirrus_status op_dial(UNUSED cirrus_instance *instance,
			     UNUSED const struct cirrus_call *call,
			     const struct cirrus_dial_spec *spec)
{
	return reached("instance_dial", spec, sizeof(*spec));
}

static cirrus_status op_expose(UNUSED cirrus_instance *instance,
			       UNUSED const struct cirrus_call *call,
			       const struct cirrus_expose_spec *spec,
			       struct cirrus_expose_info *out)
{
	snprintf(out->address, sizeof(out->address), "127.0.0.1:1");
	return reached("instance_expose", spec, sizeof(*spec));
}

static cirrus_status op_usage(UNUSED cirrus_instance *instance,
			      UNUSED const struct cirrus_call *call,
			      struct cirrus_usage *out)
{
	out->memory_bytes = 5;
	return reached("instance_usage", NULL, 0);
}

static void add_operations(struct cirrus_backend *t)
{
	t->image_inspect = op_inspect;
	t->image_push = op_push;
	t->image_build = op_build;
	t->image_delete = op_image_delete;
	t->volume_create = op_volume_create;
	t->volume_delete = op_volume_delete;
	t->list = op_list;
	t->object_delete = op_object_delete;
	t->instance_open = op_open;
	t->instance_info = op_info;
	t->instance_wait = op_wait;
	t->instance_logs = op_logs;
	t->instance_snapshot = op_snapshot;
	t->instance_dial = op_dial;
	t->instance_expose = op_expose;
	t->instance_usage = op_usage;
}

/* --- one call each: the status, and whether the answer was the right one ------ */

static char written[16];

static cirrus_status write_text(void *ctx, int32_t stream, const void *buf,
				size_t len)
{
	(void)ctx;
	snprintf(written, sizeof(written), "%d%.*s", stream, (int)len,
		 (const char *)buf);
	return CIRRUS_OK;
}

static int64_t read_tar(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memcpy(buf, "tar", len < 3 ? len : 3);
	return 3;
}

static cirrus_status take_object(void *ctx, const struct cirrus_object *o)
{
	(void)ctx;
	snprintf(written, sizeof(written), "%s", o->id);
	return CIRRUS_OK;
}

static const struct cirrus_writer writer = {NULL, write_text};
static const struct cirrus_reader reader = {NULL, read_tar};
static const struct cirrus_sink sink = {NULL, take_object};
static const struct cirrus_image_spec image = {.ref = "x"};
static const struct cirrus_volume_spec volume = {.name = "v"};

#define CALLING(name)                                                          \
	static cirrus_status call_##name(UNUSED struct conn *c,                \
					 UNUSED struct member *m, bool *right, \
					 struct error **err)

CALLING(inspect)
{
	struct cirrus_image_info out;
	cirrus_status s = conn_image_inspect(c, &no_options, &image, &out, err);

	*right = s == CIRRUS_OK && out.size_bytes == 1;
	return s;
}

CALLING(push)
{
	struct cirrus_image_info out;
	cirrus_status s = conn_image_push(c, &no_options, &image, &out, err);

	*right = s == CIRRUS_OK && out.size_bytes == 2;
	return s;
}

CALLING(build)
{
	const struct cirrus_build_spec spec = {.dockerfile = "Dockerfile"};
	struct cirrus_image_info out;
	cirrus_status s = conn_image_build(c, &no_options, &spec, &reader,
					   &writer, &out, err);

	*right = s == CIRRUS_OK && out.size_bytes == 3 &&
		 !strcmp(written, "1tar");
	return s;
}

CALLING(image_delete)
{
	*right = true;
	return conn_image_delete(c, &no_options, &image, err);
}

CALLING(volume_create)
{
	*right = true;
	return conn_volume_create(c, &no_options, &volume, err);
}

CALLING(volume_delete)
{
	*right = true;
	return conn_volume_delete(c, &no_options, &volume, err);
}

CALLING(list)
{
	const struct cirrus_list_spec spec = {.label_key = "k"};
	cirrus_status s = conn_list(c, &no_options, &spec, &sink, err);

	*right = !strcmp(written, "id");
	return s;
}

CALLING(object_delete)
{
	const struct cirrus_object object = {.id = "x"};

	*right = true;
	return conn_object_delete(c, &no_options, &object, err);
}

CALLING(reopen)
{
	struct member *again = NULL;
	cirrus_status s = conn_reopen(c, &no_options, "x", &again, err);

	*right = again && again->handle == &fake.instances[0];
	member_release(again);
	return s;
}

CALLING(info)
{
	struct cirrus_instance_info out;
	cirrus_status s = member_info(m, &no_options, &out, err);

	*right = s == CIRRUS_OK && !strcmp(out.id, "info");
	return s;
}

CALLING(wait)
{
	struct cirrus_exit out;
	cirrus_status s = member_wait(m, &no_options, &out, err);

	*right = s == CIRRUS_OK && out.code == 7;
	return s;
}

CALLING(logs)
{
	const struct cirrus_logs_spec spec = {0};
	cirrus_status s = member_logs(m, &no_options, &spec, &writer, err);

	*right = !strcmp(written, "2log");
	return s;
}

CALLING(snapshot)
{
	const struct cirrus_snapshot_spec spec = {.name = "x"};
	struct cirrus_image_info out;
	cirrus_status s = member_snapshot(m, &no_options, &spec, &out, err);

	*right = s == CIRRUS_OK && out.size_bytes == 4;
	return s;
}

CALLING(dial)
{
	const struct cirrus_dial_spec spec = {.port = 80};

	*right = true;
	return member_dial(m, &no_options, &spec, err);
}

CALLING(expose)
{
	const struct cirrus_expose_spec spec = {.target = "unix:/x"};
	struct cirrus_expose_info out;
	cirrus_status s = member_expose(m, &no_options, &spec, &out, err);

	*right = s == CIRRUS_OK && !strcmp(out.address, "127.0.0.1:1");
	return s;
}

CALLING(usage)
{
	struct cirrus_usage out;
	cirrus_status s = member_usage(m, &no_options, &out, err);

	*right = s == CIRRUS_OK && out.memory_bytes == 5;
	return s;
}

static const struct {
	const char *op;
	cirrus_status (*call)(struct conn *c, struct member *m, bool *right,
			      struct error **err);
	int capability; /* -1: it needs none */
} operations[] = {
	{"image_inspect", call_inspect, -1},
	{"image_push", call_push, CIRRUS_CAP_IMAGE_PUSH},
	{"image_build", call_build, CIRRUS_CAP_IMAGE_BUILD},
	{"image_delete", call_image_delete, -1},
	{"volume_create", call_volume_create, CIRRUS_CAP_VOLUME},
	{"volume_delete", call_volume_delete, -1},
	{"list", call_list, CIRRUS_CAP_LIST},
	{"object_delete", call_object_delete, -1},
	{"instance_open", call_reopen, CIRRUS_CAP_OPEN},
	{"instance_info", call_info, -1},
	{"instance_wait", call_wait, -1},
	{"instance_logs", call_logs, CIRRUS_CAP_LOGS},
	{"instance_snapshot", call_snapshot, CIRRUS_CAP_SNAPSHOT},
	{"instance_dial", call_dial, CIRRUS_CAP_DIAL},
	{"instance_expose", call_expose, CIRRUS_CAP_EXPOSE},
	{"instance_usage", call_usage, CIRRUS_CAP_USAGE},
};

TEST(each_wrapper_reaches_its_operation)
{
	struct conn *c = fake_connect(UINT64_MAX);
	struct member m = {c, &fake.instances[1]};
	struct cirrus_backend saved = c->backend->table;

	add_operations(&c->backend->table);
	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		bool right = false;

		called = "nothing";
		written[0] = '\0';
		ok_int(operations[i].call(c, &m, &right, NULL), CIRRUS_OK);
		ok_str(called, operations[i].op);
		if (!ok(right) || !ok(in_padded))
			printf("# %s\n", operations[i].op);
	}
	c->backend->table = saved;
	conn_close(c, &no_options);
}

TEST(each_wrapper_says_which_operation_is_missing)
{
	struct conn *c = fake_connect(UINT64_MAX);
	struct member m = {c, &fake.instances[1]};

	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		AUTO_FREE char *want =
			xasprintf("backend fake lacks the operation %s",
				  operations[i].op);
		AUTO_ERROR struct error *err = NULL;
		bool right;

		ok_int(operations[i].call(c, &m, &right, &err),
		       CIRRUS_E_NOTSUP);
		ok_str(err ? err->msg : NULL, want);
	}
	conn_close(c, &no_options);
}

TEST(each_wrapper_asks_for_its_capability)
{
	struct conn *c = fake_connect(0);
	struct member m = {c, &fake.instances[1]};
	struct cirrus_backend saved = c->backend->table;

	add_operations(&c->backend->table);
	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		int cap = operations[i].capability;
		AUTO_ERROR struct error *err = NULL;
		bool right;

		called = NULL;
		ok_int(operations[i].call(c, &m, &right, &err),
		       cap < 0 ? CIRRUS_OK : CIRRUS_E_NOTSUP);
		if (cap < 0) {
			ok_str(called, operations[i].op);
		} else {
			ok(!called);
			ok(err && strstr(err->msg,
					 capability_name((unsigned int)cap)));
		}
	}
	c->backend->table = saved;
	conn_close(c, &no_options);
}

TAP_MAIN()
