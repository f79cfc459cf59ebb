/* SPDX-License-Identifier: MIT */
/* L34 to L37, L41 to L46: commands. */
#include "config.h"

#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"

static void want_separate(struct t *t, struct box *b)
{
	AUTO_OUTPUT struct output o = {0};

	exec_sh(t, b,
		"i=0; while [ $i -lt 500 ]; do echo out $i; echo err $i >&2; "
		"i=$((i+1)); done",
		&o);
	want(t,
	     str_starts(o.out.data, "out 0\nout 1\n") &&
		     str_ends(o.out.data, "out 499\n") &&
		     !strstr(o.out.data, "err"),
	     "stdout: not what was written to it");
	want(t,
	     str_starts(o.err.data, "err 0\nerr 1\n") &&
		     str_ends(o.err.data, "err 499\n") &&
		     !strstr(o.err.data, "out"),
	     "stderr: not what was written to it");
}

static void want_merged(struct t *t, struct box *b)
{
	AUTO_OUTPUT struct output o = {0};
	AUTO_BUF struct buf wanted = BUF_INIT(BUF_MESSAGE);
	struct cirrus_exec_spec spec = {
		.argv = SH("i=0; while [ $i -lt 100 ]; do echo a$i; "
			   "echo b$i >&2; i=$((i+1)); done"),
		.stderr_fd = 1};
	CALL(t, call, 60000);

	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_status(&call, o.status, CIRRUS_OK, "instance_exec");
	for (int i = 0; i < 100; i++)
		buf_addf(&wanted, "a%d\nb%d\n", i, i);
	if (can(t, CIRRUS_CAP_EXEC_ORDER))
		want_bytes(t, &o.out, wanted.data, wanted.len,
			   "merged output in order");
	want_int(t, (int64_t)o.out.len, (int64_t)wanted.len,
		 "bytes of merged output");
}

static void l34_streams(struct t *t)
{
	struct box *b = box_up(t);

	if (can(t, CIRRUS_CAP_EXEC_SPLIT))
		want_separate(t, b);
	want_merged(t, b);
}

/* With descriptors of our own, to look at them afterwards. */
static void l34_untouched(struct t *t, struct box *b)
{
	struct cirrus_exec_spec spec = {.struct_size = sizeof(spec),
					.argv = SH("echo x; echo y >&2")};
	OUT(cirrus_exit, end);
	int in[2], out[2], err[2], flags[4];
	CALL(t, call, 60000);

	if (fd_pipe(in, NULL) < 0 || fd_pipe(out, NULL) < 0 ||
	    fd_pipe(err, NULL) < 0)
		failed(t, "no pipes");
	spec.stdin_fd = can(t, CIRRUS_CAP_EXEC_STDIN) ? in[0] : 0;
	spec.stdout_fd = out[1];
	spec.stderr_fd = err[1];
	flags[0] = fcntl(out[1], F_GETFL);
	flags[1] = fcntl(err[1], F_GETFL);
	want_status(&call, ON_IT(&call, b->it[0], instance_exec, &spec, end),
		    CIRRUS_OK, "instance_exec");
	flags[2] = fcntl(out[1], F_GETFL);
	flags[3] = fcntl(err[1], F_GETFL);
	want(t, flags[2] >= 0 && flags[3] >= 0 && fcntl(in[0], F_GETFL) >= 0,
	     "it closed a borrowed descriptor");
	want_int(t, flags[2], flags[0], "flags of stdout_fd");
	want_int(t, flags[3], flags[1], "flags of stderr_fd");
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
		close(err[i]);
	}
}

static void l34(struct t *t)
{
	l34_streams(t);
	l34_untouched(t, t->boxes);
}

static void l35_exit_codes(struct t *t)
{
	static const int codes[] = {0,   1,   2,   3,   42, 125,
				    126, 127, 128, 200, 255};
	static const char *const nowhere[] = {"/no/such/program", NULL};
	struct box *b = box_up(t);
	struct cirrus_exec_spec spec = {.argv = nowhere};
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 60000);

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		AUTO_FREE char *script = xasprintf("exit %d", codes[i]);

		want_int(t, exec_status(t, b, script), codes[i], script);
	}
	exec_run(&call, b->it[0], &spec, NULL, &o);
	if (o.status == CIRRUS_OK)
		want(t, o.exit->code == 127 || o.exit->code == 126,
		     "a missing program: exit code %d, wanted 126, 127 or the "
		     "status INVAL or NOTFOUND",
		     (int)o.exit->code);
	else
		want_one_of(&call, o.status, CIRRUS_E_INVAL, CIRRUS_E_NOTFOUND,
			    CIRRUS_OK, "a missing program");
}

/* --- L36, L37: bytes ------------------------------------------------------------- */

/* Doubles a line until there are 64 MiB: 1 MiB without a newline, 64 times. */
#define BULK_SCRIPT                                               \
	"s=0123456789abcdef; n=16; while [ $n -lt 1048575 ]; do " \
	"s=$s$s; n=$((n*2)); done; i=0; while [ $i -lt 64 ]; do " \
	"echo \"$s\"; i=$((i+1)); done"

static void l36_bulk(struct t *t)
{
	struct box *b = box_up(t);
	AUTO_OUTPUT struct output o = {0};
	size_t line = 1048576 + 1;

	exec_sh(t, b, BULK_SCRIPT, &o);
	want_int(t, (int64_t)o.out.len, (int64_t)(64 * line), "bytes");
	for (size_t i = 0; i < o.out.len; i++) {
		char c = i % line == line - 1
				 ? '\n'
				 : "0123456789abcdef"[i % line % 16];

		if (o.out.data[i] != c)
			failed(t, "byte %zu: got %#x, wanted %#x", i,
			       o.out.data[i], c);
	}
}

static void l37_binary(struct t *t)
{
	struct box *b = box_up(t);
	AUTO_OUTPUT struct output o = {0};
	static const char all[] =
		"\0\1\r\n\n\r\n\xff\xfe\x80 \xc3\x28 \x1b[0m\0\t";

	exec_sh(t, b,
		"printf '\\000\\001\\r\\n\\n\\r\\n\\377\\376\\200 \\303( "
		"\\033[0m\\000\\t'",
		&o);
	want_bytes(t, &o.out, all, sizeof(all) - 1, "binary output");
}

/* --- L41, L42 ---------------------------------------------------------------------- */

static void l41_background(struct t *t)
{
	struct box *b = box_up(t);
	struct cirrus_exec_spec spec = {.argv = SH("sleep 30 & echo $!")};
	AUTO_OUTPUT struct output o = {0};
	AUTO_FREE char *alive = NULL;
	CALL(t, call, 60000);

	if (can(t, CIRRUS_CAP_EXEC_KILL_REST))
		spec.flags = CIRRUS_EXEC_KILL_REST;
	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_status(&call, o.status, CIRRUS_OK, "instance_exec");
	want(t, o.took_ns < 2 * NS_PER_S,
	     "it returned only after %lld ms: a child held the output open",
	     (long long)(o.took_ns / NS_PER_MS));
	want(t, o.out.len > 0, "the command's own output was lost");
	if (!spec.flags)
		return;
	alive = xasprintf("kill -0 %d 2>/dev/null", atoi(o.out.data));
	for (int i = 0; i < 50 && exec_status(t, b, alive) == 0; i++)
		sleep_ms(20);
	want(t, exec_status(t, b, alive) != 0,
	     "KILL_REST: what the command left behind is still there");
}

struct concurrent {
	struct t *t;
	struct box *b;
	int n;
	struct call call;
	struct output o;
	struct cirrus_exec_spec spec;
	char script[128];
};

static void run_concurrent(void *arg)
{
	struct concurrent *c = arg;

	exec_run(&c->call, c->b->it[0], &c->spec, NULL, &c->o);
}

static void l42_concurrent(struct t *t)
{
	struct box *b = box_up(t);
	struct concurrent c[2] = {0};
	struct async *a[2];

	for (int i = 0; i < 2; i++) {
		c[i] = (struct concurrent){.t = t, .b = b, .n = i};
		call_init(&c[i].call, t, 60000);
		snprintf(c[i].script, sizeof(c[i].script),
			 "for i in 1 2 3 4 5; do echo it is %d; sleep 0.1; "
			 "done; exit %d",
			 i, 10 + i);
		c[i].spec.argv = xcalloc(4, sizeof(char *));
		memcpy((void *)c[i].spec.argv, SH(c[i].script),
		       4 * sizeof(char *));
		a[i] = async_run(run_concurrent, &c[i]);
	}
	for (int i = 0; i < 2; i++)
		async_join(a[i]);
	for (int i = 0; i < 2; i++) {
		AUTO_FREE char *line = xasprintf("it is %d\n", i);

		want_status(&c[i].call, c[i].o.status, CIRRUS_OK,
			    "one of two at once");
		want_int(t, c[i].o.exit->code, 10 + i, "its exit code");
		want_int(t, (int64_t)c[i].o.out.len, 5 * 8, "its output");
		want(t, str_starts(c[i].o.out.data, line),
		     "it got the other's output");
		call_clear(&c[i].call);
	}
}

static void l42(struct t *t)
{
	if (can(t, CIRRUS_CAP_EXEC_CONCURRENT))
		l42_concurrent(t);
	else
		box_up(t);
	for (int i = 0; i < 20; i++) {
		AUTO_FREE char *script = xasprintf("echo %d", i);
		AUTO_FREE char *wanted = xasprintf("%d", i);

		exec_prints(t, t->boxes, script, wanted);
	}
}

/* --- L45 ------------------------------------------------------------------------------ */

static void l45_not_running(struct t *t)
{
	struct box *b = box_up(t);
	struct cirrus_exec_spec spec = {.argv = SH("true")};
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 60000);

	if (!t->be->instance_stop)
		skipped(t, "it has no instance_stop");
	want_status(&call, box_stop(t, b, 0), CIRRUS_OK, "instance_stop");
	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_one_of(&call, o.status, CIRRUS_E_CONFLICT, CIRRUS_E_NOTFOUND,
		    CIRRUS_OK, "exec in a stopped instance");
}

const struct check checks_exec[] = {
	{"L34", "stdout and stderr arrive; their descriptors stay untouched", 0,
	 120, false, l34},
	{"L35", "exit codes are exact; a missing program is told", 0, 120,
	 false, l35_exit_codes},
	{"L36", "64 MiB through stdout arrive unchanged", 0, 180, false,
	 l36_bulk},
	{"L37", "binary output stays as it is", 0, 60, false, l37_binary},
	{"L41", "a child that keeps the output open does not delay the end", 0,
	 60, false, l41_background},
	{"L42", "commands at once and in a row do not get mixed up", 0, 120,
	 false, l42},
	{"L45", "exec where nothing runs is CONFLICT or NOTFOUND", 0, 60, false,
	 l45_not_running},
	{0},
};
