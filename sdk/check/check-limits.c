/* SPDX-License-Identifier: MIT */
/* L25 to L33: limits, groups, and how an environment ends. */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

/* A string that doubles until there is no room. */
#define EAT_MEMORY "x=0123456789abcdef; while :; do x=$x$x; done"

static void l25_memory(struct t *t)
{
	struct box *b = box_script(t, EAT_MEMORY);
	OUT(cirrus_exit, end);
	CALL(t, call, 60000);

	b->member[0].memory_bytes = 64 * 1024 * 1024;
	box_create(t, b);
	box_start(t, b);
	want_status(&call, ON_IT(&call, b->it[0], instance_wait, end),
		    CIRRUS_OK, "instance_wait");
	want(t, end->code != 0, "it could use more memory than its limit");
	if (can(t, CIRRUS_CAP_OOM_REPORT))
		want(t, end->flags & CIRRUS_EXIT_OOM,
		     "out of memory (code %d), but without EXIT_OOM",
		     (int)end->code);
}

static void l26_cpu(struct t *t)
{
	struct box *b = box_new(t);

	b->member[0].nano_cpus = 500000000;
	box_create(t, b);
	box_start(t, b);
	exec_prints(t, b,
		    "if [ -r /sys/fs/cgroup/cpu.max ]; then "
		    "read q p </sys/fs/cgroup/cpu.max; else "
		    "read q </sys/fs/cgroup/cpu/cpu.cfs_quota_us; "
		    "read p </sys/fs/cgroup/cpu/cpu.cfs_period_us; fi; "
		    "echo $((q * 100 / p))",
		    "50");
}

/* Inside a container that lacks capabilities itself, no engine can give them. */
static bool may_be_privileged(struct t *t, struct box *b)
{
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};
	CALL(t, call, 60000);
	cirrus_status s = ON_IT(&call, b->it[0], instance_start, &spec);

	if (s != CIRRUS_OK && strstr(call.msg, "apply caps"))
		return false;
	want_status(&call, s, CIRRUS_OK, "instance_start");
	return true;
}

static void l27_privileged(struct t *t)
{
	static const char script[] = "mkdir -p /m && mount -t tmpfs t /m";
	struct box *plain = box_up(t), *b = box_new(t);

	if (!has_program(t, plain, "mount"))
		skipped(t, "no mount in the image");
	want(t, exec_status(t, plain, script) != 0,
	     "without the flag it can mount");
	b->member[0].flags |= CIRRUS_INSTANCE_PRIVILEGED;
	box_create(t, b);
	if (!may_be_privileged(t, b))
		skipped(t, "this machine lets no container be privileged");
	want_int(t, exec_status(t, b, script), 0, "mount with the flag");
}

/* --- L28: networks, groups -------------------------------------------------------------- */

static void no_network(struct t *t)
{
	struct box *b = box_new(t);

	b->group.net_mode = CIRRUS_NET_NONE;
	box_create(t, b);
	box_start(t, b);
	exec_prints(t, b,
		    "while read -r l; do case $l in *:*) echo ${l%%:*};; esac; "
		    "done </proc/net/dev",
		    "lo");
	box_delete(t, b);
}

static void shared_network(struct t *t)
{
	struct box *b = box_new(t);
	AUTO_OUTPUT struct output a = {0}, c = {0};
	struct cirrus_exec_spec spec = {
		.argv = SH("readlink /proc/self/ns/net")};
	CALL(t, call, 60000);

	b->group.n_members = 2;
	box_create(t, b);
	box_start(t, b);
	if (!has_program(t, b, "readlink"))
		skipped(t, "no readlink in the image");
	exec_run(&call, b->it[0], &spec, NULL, &a);
	exec_run(&call, b->it[1], &spec, NULL, &c);
	want(t, a.out.len > 0, "no network to compare: %s", a.err.data);
	want_str(t, c.out.data, a.out.data, "the network of a second member");
	if (!can(t, CIRRUS_CAP_SIDECAR_STOP))
		return;
	want_status(&call, call_delete(&call, b->it[1]), CIRRUS_OK,
		    "delete of the second member");
	b->it[1] = NULL;
	exec_prints(t, b, "echo alive", "alive");
}

static void l28_networks(struct t *t)
{
	if (!can(t, CIRRUS_CAP_NET_NONE) && !can(t, CIRRUS_CAP_SIDECAR))
		skipped(t, "no NET_NONE SIDECAR");
	if (can(t, CIRRUS_CAP_NET_NONE))
		no_network(t);
	if (can(t, CIRRUS_CAP_SIDECAR))
		shared_network(t);
}

/* --- L29, L30: its own end ----------------------------------------------------------------- */

static void want_exit(struct t *t, const char *script, int code)
{
	struct box *b = box_script(t, script);

	box_create(t, b);
	box_start(t, b);
	want_int(t, box_wait(t, b), code, script);
	want_int(t, box_wait(t, b), code, "the second wait");
	box_delete(t, b);
}

static void l29_wait(struct t *t)
{
	want_exit(t, "exit 0", 0);
	want_exit(t, "exit 1", 1);
	want_exit(t, "exit 42", 42);
	want_exit(t, "exit 255", 255);
	want_exit(t, "sleep 1; exit 3", 3);
}

static void want_signal(struct t *t, struct box *b, const char *script,
			int code, int sig)
{
	struct cirrus_exec_spec spec = {.argv = SH(script)};
	AUTO_OUTPUT struct output o = {0};
	bool signaled;
	CALL(t, call, 60000);

	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_status(&call, o.status, CIRRUS_OK, "instance_exec");
	want_int(t, o.exit->code, code, script);
	if (!can(t, CIRRUS_CAP_EXIT_SIGNAL))
		return;
	signaled = o.exit->flags & CIRRUS_EXIT_SIGNALED;
	want(t, signaled == (sig != 0), "%s: EXIT_SIGNALED is %s", script,
	     signaled ? "set" : "not set");
	if (sig)
		want_int(t, o.exit->signal, sig, "the signal told");
}

static void l30_signals(struct t *t)
{
	struct box *b = box_up(t);

	want_signal(t, b, "kill -9 $$", 137, 9);
	want_signal(t, b, "kill -15 $$", 143, 15);
	want_signal(t, b, "exit 137", 137, 0);
}

/* --- L31 to L33 -------------------------------------------------------------------------------- */

#define WAITING(trap) "trap " trap " TERM; while :; do sleep 0.1; done"

static struct box *waiting_box(struct t *t, const char *script)
{
	struct box *b = box_script(t, script);

	box_create(t, b);
	box_start(t, b);
	/* there is a moment before the trap is set */
	sleep_ms(500);
	return b;
}

static void l31_stop(struct t *t)
{
	struct box *b = waiting_box(t, WAITING("'exit 7'"));
	int64_t begin;

	CALL(t, call, 60000);
	if (!t->be->instance_stop || !t->be->instance_wait)
		skipped(t, "it has no instance_stop, instance_wait");
	want_status(&call, box_stop(t, b, 10000), CIRRUS_OK, "stop");
	want_int(t, box_wait(t, b), 7, "exit code after TERM");
	want_status(&call, box_stop(t, b, 1000), CIRRUS_OK,
		    "stop of a stopped one");
	b = waiting_box(t, WAITING("''"));
	begin = clock_now();
	want_status(&call, box_stop(t, b, 1000), CIRRUS_OK, "stop");
	want(t, clock_now() - begin > NS_PER_S / 2, "KILL before the grace");
	want(t, clock_now() - begin < 6 * NS_PER_S, "stop took %lld ms",
	     (long long)((clock_now() - begin) / NS_PER_MS));
	want_int(t, box_wait(t, b), 137, "exit code after KILL");
	b = waiting_box(t, WAITING("'exit 7'"));
	want_status(&call, box_stop(t, b, 0), CIRRUS_OK, "stop without grace");
	want_int(t, box_wait(t, b), 137, "exit code without grace");
}

static void gone_behind_our_back(struct t *t)
{
	struct box *b = box_up(t);
	OUT(cirrus_instance_info, info);
	cirrus_instance *other = NULL;
	CALL(t, call, 60000);

	want_status(&call, ON_IT(&call, b->it[0], instance_info, info),
		    CIRRUS_OK, "instance_info");
	want_status(&call, ON_CONN(&call, instance_open, info->id, &other),
		    CIRRUS_OK, "instance_open");
	want_status(&call, call_delete(&call, other), CIRRUS_OK,
		    "delete by the other handle");
	box_delete(t, b);
}

static void l32_delete(struct t *t)
{
	struct box *b = box_new(t);

	box_create(t, b);
	box_delete(t, b);
	box_delete(t, box_up(t));
	if (t->be->instance_stop) {
		b = box_up(t);
		box_stop(t, b, 0);
		box_delete(t, b);
	}
	if (can(t, CIRRUS_CAP_OPEN))
		gone_behind_our_back(t);
	want_int(t, count_objects(t), 0, "objects after all was deleted");
}

static void l33_cycles(struct t *t)
{
	int before = count_objects(t);

	for (int i = 0; i < 100; i++) {
		struct box *b = box_new(t);

		box_create(t, b);
		box_delete(t, b);
	}
	want_int(t, count_objects(t), before, "objects after 100 cycles");
}

const struct check checks_limits[] = {
	{"L25", "the memory limit holds, and is told",
	 CAP(MEMORY_LIMIT) | CAP(COMMAND), 90, false, l25_memory},
	{"L26", "the cpu limit can be seen inside", CAP(CPU_LIMIT), 60, false,
	 l26_cpu},
	{"L27", "only a privileged one may mount", CAP(PRIVILEGED), 60, false,
	 l27_privileged},
	{"L28", "no network is none; a group shares one", 0, 120, false,
	 l28_networks},
	{"L29", "wait tells the exit code, each time", CAP(COMMAND), 120, false,
	 l29_wait},
	{"L30", "death by signal is 128 + n, and told apart", 0, 60, false,
	 l30_signals},
	{"L31", "stop sends TERM, and KILL after the grace", CAP(COMMAND), 120,
	 false, l31_stop},
	{"L32", "delete works in every state", 0, 120, false, l32_delete},
	{"L33", "100 cycles of create and delete leave nothing", 0, 300, false,
	 l33_cycles},
	{0},
};
