/* SPDX-License-Identifier: MIT */
/* L54, L55, L57: breaking off, dying, and many threads. */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- L54: cancelled before it begins ------------------------------------------------- */

static cirrus_status try_create(struct call *call, struct box *b)
{
	struct box *other = box_new(call->t);

	(void)b;
	return box_try_create(call, other);
}

static cirrus_status try_start(struct call *call, struct box *b)
{
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};

	return ON_IT(call, b->it[0], instance_start, &spec);
}

static cirrus_status try_exec(struct call *call, struct box *b)
{
	struct cirrus_exec_spec spec = {.argv = SH("echo >/happened")};
	AUTO_OUTPUT struct output o = {0};

	exec_run(call, b->it[0], &spec, NULL, &o);
	return o.status;
}

static cirrus_status try_copy_in(struct call *call, struct box *b)
{
	static const struct entry e = {.name = "happened"};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);

	tar_make(&tar, &e, 1);
	return copy_in(call, b, "/", &tar);
}

static cirrus_status try_copy_out(struct call *call, struct box *b)
{
	struct target w;
	static const char *const paths[] = {"etc", NULL};
	cirrus_status s;

	target_init(&w, BUF_FILE);
	s = copy_out(call, b, "/", paths, &w);
	target_clear(&w);
	return s;
}

static cirrus_status try_wait(struct call *call, struct box *b)
{
	OUT(cirrus_exit, end);

	return ON_IT(call, b->it[0], instance_wait, end);
}

static cirrus_status try_logs(struct call *call, struct box *b)
{
	struct target w;
	struct cirrus_writer writer = target_writer(&w);
	struct cirrus_logs_spec spec = {.struct_size = sizeof(spec)};
	cirrus_status s;

	target_init(&w, BUF_FILE);
	s = ON_IT(call, b->it[0], instance_logs, &spec, &writer);
	target_clear(&w);
	return s;
}

static cirrus_status try_pull(struct call *call, struct box *b)
{
	struct cirrus_image_spec spec = {
		.struct_size = sizeof(spec),
		.kind = call->t->kind->name,
		.ref = call->t->set->pull_image ? call->t->set->pull_image
						: "localhost:1/absent:1"};
	OUT(cirrus_image_info, info);

	(void)b;
	return ON_CONN(call, image_pull, &spec, info);
}

static cirrus_status try_volume(struct call *call, struct box *b)
{
	AUTO_FREE char *name = xasprintf("check-%s-c", call->t->run);
	struct cirrus_kv label = {"cirrus-check", call->t->run};
	struct cirrus_volume_spec spec = {.struct_size = sizeof(spec),
					  .name = name,
					  .labels = &label,
					  .n_labels = 1};

	(void)b;
	return ON_CONN(call, volume_create, &spec);
}

#define NO_CAP (-1)
static const struct {
	const char *what;
	int cap;
	bool running; /* on an instance that runs; else one not started */
	cirrus_status (*try)(struct call *, struct box *);
} cancelled_ops[] = {
	{"instance_create", NO_CAP, false, try_create},
	{"instance_start", NO_CAP, false, try_start},
	{"instance_exec", NO_CAP, true, try_exec},
	{"instance_copy_in", NO_CAP, true, try_copy_in},
	{"instance_copy_out", NO_CAP, true, try_copy_out},
	{"instance_wait", CIRRUS_CAP_COMMAND, true, try_wait},
	{"instance_logs", CIRRUS_CAP_LOGS, true, try_logs},
	{"image_pull", CIRRUS_CAP_IMAGE_PULL, true, try_pull},
	{"volume_create", CIRRUS_CAP_VOLUME, true, try_volume},
};

static void l54_cancelled(struct t *t)
{
	struct box *b = box_up(t), *fresh = box_new(t);
	int before;

	box_create(t, fresh);
	before = count_objects(t);
	for (size_t i = 0; i < ARRAY_LEN(cancelled_ops); i++) {
		int64_t begin = clock_now();
		CALL(t, call, 30000);

		if (cancelled_ops[i].cap != NO_CAP &&
		    !can(t, (unsigned)cancelled_ops[i].cap))
			continue;
		call_cancel(&call);
		want_status(&call,
			    cancelled_ops[i].try(&call, cancelled_ops[i].running
								? b
								: fresh),
			    CIRRUS_E_CANCELLED, cancelled_ops[i].what);
		want(t, clock_now() - begin < 2 * NS_PER_S,
		     "%s took %lld ms to be cancelled", cancelled_ops[i].what,
		     (long long)((clock_now() - begin) / NS_PER_MS));
	}
	want_int(t, count_objects(t), before, "objects afterwards");
	want(t, exec_status(t, b, "test -e /happened") != 0,
	     "cancelled, and yet it happened");
}

/* --- L55: killed without a warning ---------------------------------------------------------- */

/* In a process of its own; never returns. */
NORETURN static void make_and_die(const struct t *t)
{
	struct t mine = {.set = t->set,
			 .check = t->check,
			 .ledger = t->ledger,
			 .verdict_fd = t->verdict_fd,
			 .be = t->be};

	memcpy(mine.run, t->run, sizeof(mine.run));
	conn_up(&mine);
	box_up(&mine);
	box_create(&mine, box_new(&mine));
	if (can(&mine, CIRRUS_CAP_VOLUME)) {
		AUTO_FREE char *name = xasprintf("check-%s-k", mine.run);

		volume_make(&mine, name);
	}
	kill(getpid(), SIGKILL);
	abort();
}

struct remains {
	struct strv ids;
	uint32_t types[16];
};

static cirrus_status remember(void *ctx, const struct cirrus_object *o)
{
	struct remains *r = ctx;

	if (r->ids.len < ARRAY_LEN(r->types)) {
		r->types[r->ids.len] = o->type;
		strv_push(&r->ids, o->id);
	}
	return CIRRUS_OK;
}

static void remove_remains(struct t *t)
{
	struct remains r = {0};
	struct cirrus_sink sink = {&r, remember};
	struct cirrus_list_spec spec = {.struct_size = sizeof(spec),
					.label_key = "cirrus-check",
					.label_value = t->run};
	CALL(t, list_call, 30000);

	want_status(&list_call, ON_CONN(&list_call, list, &spec, &sink),
		    CIRRUS_OK, "list");
	want(t, r.ids.len >= 2, "list finds %zu of what a dead process made",
	     r.ids.len);
	for (size_t i = 0; i < r.ids.len; i++) {
		struct cirrus_object o = {.struct_size = sizeof(o),
					  .type = r.types[i],
					  .id = r.ids.v[i]};
		CALL(t, call, 30000);

		want_status(&call, ON_CONN(&call, object_delete, &o), CIRRUS_OK,
			    "object_delete");
	}
}

static void l55_killed(struct t *t)
{
	int status = 0;
	pid_t pid;

	conn_down(t);
	pid = fork();
	if (pid == 0)
		make_and_die(t);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFSIGNALED(status))
		_exit(0); /* it told the verdict itself */
	conn_up(t);
	remove_remains(t);
	want_int(t, count_objects(t), 0, "objects after object_delete");
}

/* --- L57: threads --------------------------------------------------------------------------- */

struct crowd {
	struct t *t;
	struct box *b;
	int64_t until;
	pthread_mutex_t lock; /* of trouble */
	char trouble[512];
};

struct one {
	struct crowd *crowd;
	unsigned int seed;
	cirrus_status status;
	struct call call;
	const char *what;
	bool wrong;
};

static void one_exec(struct one *o)
{
	AUTO_FREE char *script =
		xasprintf("echo %u; exit %u", o->seed, o->seed % 100);
	AUTO_FREE char *wanted = xasprintf("%u\n", o->seed);
	struct cirrus_exec_spec spec = {.argv = SH(script)};
	AUTO_OUTPUT struct output out = {0};

	o->what = "instance_exec";
	exec_run(&o->call, o->crowd->b->it[0], &spec, NULL, &out);
	o->status = out.status;
	o->wrong = o->status == CIRRUS_OK &&
		   (out.exit->code != (int)(o->seed % 100) ||
		    strcmp(out.out.data, wanted) != 0);
}

static void one_copy(struct one *o)
{
	AUTO_FREE char *name = xasprintf("f%u", o->seed);
	struct entry e = {.name = name, .data = name, .len = strlen(name)};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);

	o->what = "instance_copy_in";
	tar_make(&tar, &e, 1);
	o->status = copy_in(&o->call, o->crowd->b, "/", &tar);
}

static void one_life(struct one *o)
{
	struct t *t = o->call.t;
	struct cirrus_kv label = {"cirrus-check", t->run};
	struct cirrus_instance_spec member = {.struct_size = sizeof(member),
					      .flags = CIRRUS_INSTANCE_IDLE,
					      .name = "main",
					      .image = t->set->image};
	const struct cirrus_instance_spec *members[] = {&member};
	struct cirrus_group_spec group = {.struct_size = sizeof(group),
					  .kind = t->kind->name,
					  .members = members,
					  .n_members = 1,
					  .labels = &label,
					  .n_labels = 1};
	cirrus_instance *it = NULL;
	cirrus_status s;

	o->what = "instance_create and instance_delete";
	o->status = ON_CONN(&o->call, instance_create, &group, &it);
	if (!it)
		return;
	s = call_delete(&o->call, it);
	if (o->status == CIRRUS_OK)
		o->status = s;
}

static void one_info(struct one *o)
{
	OUT(cirrus_system_info, info);

	o->what = "system_info";
	o->status = ON_CONN(&o->call, system_info, o->call.t->kind->name, info);
}

/* One operation by a thread that ends with it. */
static void one_main(void *arg)
{
	static void (*const ops[])(struct one *) = {
		one_exec, one_copy, one_exec, one_life, one_info};
	struct one *o = arg;

	ops[o->seed % ARRAY_LEN(ops)](o);
}

static void crowd_main(void *arg)
{
	struct crowd *c = arg;
	unsigned int seed =
		(unsigned int)(uintptr_t)&seed / 64 + (unsigned)clock_now();

	while (clock_now() < c->until && !c->trouble[0]) {
		struct one o = {.crowd = c, .seed = seed % 1000000};

		seed++;
		call_init(&o.call, c->t, 60000);
		async_join(async_run(one_main, &o));
		pthread_mutex_lock(&c->lock);
		if (o.status != CIRRUS_OK)
			snprintf(c->trouble, sizeof(c->trouble),
				 "%s among others: got %s (%.300s)", o.what,
				 status_name(o.status), o.call.msg);
		else if (o.wrong)
			snprintf(
				c->trouble, sizeof(c->trouble),
				"%s among others: another's output or exit code",
				o.what);
		pthread_mutex_unlock(&c->lock);
		call_clear(&o.call);
	}
}

static void l57_threads(struct t *t)
{
	static struct crowd crowd = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct async *a[8];

	crowd.t = t;
	crowd.b = box_up(t);
	crowd.until = clock_now() + t->set->stress_s * NS_PER_S;
	for (size_t i = 0; i < ARRAY_LEN(a); i++)
		a[i] = async_run(crowd_main, &crowd);
	for (size_t i = 0; i < ARRAY_LEN(a); i++)
		async_join(a[i]);
	want(t, !crowd.trouble[0], "%s", crowd.trouble);
}

const struct check checks_cancel[] = {
	{"L54", "a call that is cancelled already does nothing", 0, 120, false,
	 l54_cancelled},
	{"L55", "what a killed process left is found and removed", CAP(LIST),
	 90, false, l55_killed},
	{"L57", "eight threads at once do not disturb each other",
	 CAP(EXEC_CONCURRENT), 300, false, l57_threads},
	{0},
};
