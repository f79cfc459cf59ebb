/* SPDX-License-Identifier: MIT */
/* L14 to L20: what an environment is made of. */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

static void l14_missing_image(struct t *t)
{
	struct box *b = box_new(t);
	AUTO_FREE char *ref = xasprintf("localhost/absent/%s:1", t->run);
	int before = count_objects(t);
	CALL(t, call, 60000);
	cirrus_status s;

	b->member[0].image = ref;
	s = box_try_create(&call, b);
	if (s == CIRRUS_OK) {
		struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};

		s = ON_IT(&call, b->it[0], instance_start, &spec);
	}
	want_status(&call, s, CIRRUS_E_NOTFOUND,
		    "create and start of a missing image");
	box_delete(t, b);
	want_int(t, count_objects(t), before, "objects afterwards");
}

/* --- L15: what nobody knows --------------------------------------------------------- */

#define BIT31  (UINT32_C(1) << 31)
#define BIT63  (UINT64_C(1) << 63)
#define NOBODY 99

static void required_bit(struct box *b)
{
	b->group.required = BIT63;
}
static void group_flag(struct box *b)
{
	b->group.flags = BIT31;
}
static void member_required(struct box *b)
{
	b->member[0].required = BIT63;
}
static void member_flag(struct box *b)
{
	b->member[0].flags |= BIT31;
}
static void net_mode(struct box *b)
{
	b->group.net_mode = NOBODY;
}
static void pull_policy(struct box *b)
{
	b->member[0].pull_policy = NOBODY;
}

static struct cirrus_mount odd_mount = {.struct_size = sizeof(odd_mount),
					.type = CIRRUS_MOUNT_TMPFS,
					.target = "/odd"};
static const struct cirrus_mount *odd_mounts[] = {&odd_mount};

static void mount_flag(struct box *b)
{
	odd_mount.flags = BIT31;
	odd_mount.type = CIRRUS_MOUNT_TMPFS;
	b->member[0].mounts = odd_mounts;
	b->member[0].n_mounts = 1;
}
static void mount_type(struct box *b)
{
	odd_mount.flags = 0;
	odd_mount.type = NOBODY;
	b->member[0].mounts = odd_mounts;
	b->member[0].n_mounts = 1;
}

static const struct {
	const char *what;
	void (*spoil)(struct box *);
} odd_boxes[] = {
	{"group_spec.required bit 63", required_bit},
	{"group_spec.flags bit 31", group_flag},
	{"instance_spec.required bit 63", member_required},
	{"instance_spec.flags bit 31", member_flag},
	{"group_spec.net_mode 99", net_mode},
	{"instance_spec.pull_policy 99", pull_policy},
	{"mount.flags bit 31", mount_flag},
	{"mount.type 99", mount_type},
};

static void odd_creates(struct t *t)
{
	for (size_t i = 0; i < ARRAY_LEN(odd_boxes); i++) {
		struct box *b = box_new(t);
		CALL(t, call, 60000);

		odd_boxes[i].spoil(b);
		want_status(&call, box_try_create(&call, b), CIRRUS_E_NOTSUP,
			    odd_boxes[i].what);
		want(t, !b->it[0], "%s: refused, and yet an instance",
		     odd_boxes[i].what);
	}
}

static void odd_commands(struct t *t, struct box *b)
{
	struct target w;
	struct cirrus_writer writer = target_writer(&w);
	struct cirrus_exec_spec exec = {.struct_size = sizeof(exec),
					.flags = BIT31,
					.argv = SH("echo >/happened")};
	struct cirrus_copy_spec copy = {
		.struct_size = sizeof(copy), .flags = BIT31, .dir = "/"};
	struct cirrus_stop_spec stop = {.struct_size = sizeof(stop),
					.flags = BIT31};
	OUT(cirrus_exit, end);
	CALL(t, call, 60000);

	target_init(&w, BUF_FILE);
	want_status(&call, ON_IT(&call, b->it[0], instance_exec, &exec, end),
		    CIRRUS_E_NOTSUP, "exec_spec.flags bit 31");
	exec.flags = 0;
	exec.required = BIT63;
	want_status(&call, ON_IT(&call, b->it[0], instance_exec, &exec, end),
		    CIRRUS_E_NOTSUP, "exec_spec.required bit 63");
	want_status(&call,
		    ON_IT(&call, b->it[0], instance_copy_out, &copy, &writer),
		    CIRRUS_E_NOTSUP, "copy_spec.flags bit 31");
	if (t->be->instance_stop)
		want_status(&call, ON_IT(&call, b->it[0], instance_stop, &stop),
			    CIRRUS_E_NOTSUP, "stop_spec.flags bit 31");
	want(t, exec_status(t, b, "test -e /happened") != 0,
	     "refused, and yet run");
	target_clear(&w);
}

static void odd_others(struct t *t)
{
	struct cirrus_volume_spec volume = {.struct_size = sizeof(volume),
					    .flags = BIT31,
					    .name = "cirrus-check-odd"};
	struct cirrus_image_spec image = {.struct_size = sizeof(image),
					  .flags = BIT31,
					  .kind = t->kind->name,
					  .ref = t->set->image};
	OUT(cirrus_image_info, info);
	CALL(t, call, 60000);

	if (t->be->volume_create)
		want_status(&call, ON_CONN(&call, volume_create, &volume),
			    CIRRUS_E_NOTSUP, "volume_spec.flags bit 31");
	if (t->be->image_inspect)
		want_status(&call, ON_CONN(&call, image_inspect, &image, info),
			    CIRRUS_E_NOTSUP, "image_spec.flags bit 31");
}

static void l15_unknown(struct t *t)
{
	int before = count_objects(t);

	odd_creates(t);
	odd_others(t);
	want_int(t, count_objects(t), before, "objects after what was refused");
	odd_commands(t, box_up(t));
}

/* --- L16, L17 --------------------------------------------------------------------------- */

static void l16_names(struct t *t)
{
	struct box *first = box_new(t), *second = box_new(t);
	struct box *nameless = box_new(t), *another = box_new(t);
	CALL(t, call, 60000);

	box_create(t, first);
	second->group.name = first->group.name;
	want_status(&call, box_try_create(&call, second), CIRRUS_E_EXISTS,
		    "a second instance of one name");
	nameless->group.name = another->group.name = NULL;
	box_create(t, nameless);
	box_create(t, another);
}

struct label_search {
	const char *key, *value;
	bool found;
	int64_t created_ns;
};

static cirrus_status look_for_label(void *ctx, const struct cirrus_object *o)
{
	struct label_search *s = ctx;

	if (o->type != CIRRUS_OBJECT_INSTANCE)
		return CIRRUS_OK;
	for (size_t i = 0; i < o->n_labels; i++)
		if (strcmp(o->labels[i].key, s->key) == 0 &&
		    strcmp(o->labels[i].value, s->value) == 0) {
			s->found = true;
			s->created_ns = o->created_ns;
		}
	return CIRRUS_OK;
}

static void l17_labels(struct t *t)
{
	struct box *b = box_new(t);
	struct cirrus_kv labels[] = {{"cirrus-check", t->run},
				     {"check.a-b_c", "V.a-l_ue9"}};
	struct label_search search = {labels[1].key, labels[1].value, false, 0};
	struct cirrus_sink sink = {&search, look_for_label};
	struct cirrus_list_spec spec = {.struct_size = sizeof(spec),
					.label_key = "cirrus-check",
					.label_value = t->run};
	int64_t begin = clock_epoch();
	CALL(t, call, 60000);

	b->group.labels = labels;
	b->group.n_labels = 2;
	box_create(t, b);
	want_status(&call, ON_CONN(&call, list, &spec, &sink), CIRRUS_OK,
		    "list");
	want(t, search.found, "list does not give its labels back");
	want(t,
	     search.created_ns > begin - 600 * NS_PER_S &&
		     search.created_ns < clock_epoch() + 600 * NS_PER_S,
	     "created_ns is %lld, it was created at about %lld",
	     (long long)search.created_ns, (long long)begin);
	spec.label_value = "other";
	search.found = false;
	want_status(&call, ON_CONN(&call, list, &spec, &sink), CIRRUS_OK,
		    "list");
	want(t, !search.found, "list gives what has another label");
}

/* --- L18 to L20 ---------------------------------------------------------------------------- */

static void want_env(struct t *t, struct box *b, const char *name,
		     const char *value, size_t len)
{
	AUTO_OUTPUT struct output o = {0};
	AUTO_FREE char *script = xasprintf("printf '%%s' \"$%s\"", name);

	exec_sh(t, b, script, &o);
	want_bytes(t, &o.out, value, len, name);
}

static void l18_env(struct t *t)
{
	struct box *b = box_new(t);
	static char big[4 + 65536 + 1] = "BIG=";
	const char *env[] = {"EQUALS=a=b=c",
			     "LINES=one\ntwo\n",
			     "EMPTY=",
			     "UTF8=\xc3\xa4\xe2\x82\xac",
			     "ODD= $HOME `id` \"'\\ ",
			     big,
			     NULL};
	static const char *const more[] = {"EXTRA=per command", NULL};
	struct cirrus_exec_spec spec = {.argv = SH("printf '%s' \"$EXTRA\""),
					.env = more};
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 60000);

	memset(big + 4, 'x', 65536);
	b->member[0].env = env;
	box_create(t, b);
	box_start(t, b);
	for (size_t i = 0; env[i]; i++) {
		const char *value = strchr(env[i], '=') + 1;
		AUTO_FREE char *name =
			xstrndup(env[i], (size_t)(value - env[i] - 1));

		want_env(t, b, name, value, strlen(value));
	}
	want_int(t, exec_status(t, b, "test \"${EMPTY+set}\" = set"), 0,
		 "an empty variable is set");
	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_status(&call, o.status, CIRRUS_OK, "instance_exec");
	want_str(t, o.out.data, "per command", "exec_spec.env");
}

static void want_argv(struct t *t, struct box *b)
{
	static const char *const argv[] = {
		"sh",
		"-c",
		"for a in \"$@\"; do printf '<%s>' \"$a\"; done",
		"sh",
		"two words",
		"quote'\"",
		"$HOME",
		"a\nb",
		"",
		"\\n*",
		NULL};
	struct cirrus_exec_spec spec = {.argv = argv};
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 60000);

	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_status(&call, o.status, CIRRUS_OK, "instance_exec");
	want_str(t, o.out.data, "<two words><quote'\"><$HOME><a\nb><><\\n*>",
		 "argv");
}

static void l19_commands(struct t *t)
{
	static const char *const entrypoint[] = {
		"/bin/sh", "-c",
		"test \"$#\" = 2 && test \"$1\" = 'a  b' && exit 23", NULL};
	static const char *const command[] = {"x", "a  b", "$x", NULL};
	struct box *b = box_new(t), *own = box_new(t);

	b->member[0].flags = own->member[0].flags = 0;
	b->member[0].entrypoint = entrypoint;
	b->member[0].command = command;
	box_create(t, b);
	box_start(t, b);
	want_int(t, box_wait(t, b), 23, "exit code of entrypoint and command");
	box_create(t, own);
	box_start(t, own);
	want_argv(t, box_up(t));
}

static void l20_workdir(struct t *t)
{
	struct box *b = box_new(t);

	b->member[0].workdir = "/made/for the/check";
	box_create(t, b);
	box_start(t, b);
	exec_prints(t, b, "pwd", "/made/for the/check");
	if (!can(t, CIRRUS_CAP_USER))
		return;
	b = box_new(t);
	b->member[0].user = "123:456";
	box_create(t, b);
	box_start(t, b);
	exec_prints(t, b, "echo $(id -u):$(id -g)", "123:456");
	if (!can(t, CIRRUS_CAP_EXEC_USER))
		return;
	{
		struct cirrus_exec_spec spec = {
			.argv = SH("echo $(id -u):$(id -g)"), .user = "7:8"};
		AUTO_OUTPUT struct output o = {0};
		CALL(t, call, 60000);

		exec_run(&call, b->it[0], &spec, NULL, &o);
		want_status(&call, o.status, CIRRUS_OK, "instance_exec");
		want_str(t, o.out.data, "7:8\n", "exec_spec.user");
	}
}

const struct check checks_instances[] = {
	{"L14", "a missing image is NOTFOUND and leaves nothing", 0, 120, false,
	 l14_missing_image},
	{"L15", "what it does not know is NOTSUP, without side effects", 0, 120,
	 false, l15_unknown},
	{"L16", "a name that is taken is EXISTS; none at all is fine", 0, 120,
	 false, l16_names},
	{"L17", "labels and the time of creation come back from list",
	 CAP(LIST), 60, false, l17_labels},
	{"L18", "the environment arrives byte for byte", 0, 120, false,
	 l18_env},
	{"L19", "entrypoint, command and argv arrive without a shell between",
	 CAP(COMMAND), 120, false, l19_commands},
	{"L20", "the working directory is made; users are honoured", 0, 120,
	 false, l20_workdir},
	{0},
};
