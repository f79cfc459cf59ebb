/* SPDX-License-Identifier: MIT */
/* L38 to L40, L43, L44, L46: commands and what flows in and out of them. */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "proc.h"

/* An exec on a thread, with our ends of its streams. */
struct live {
	struct call call;
	struct cirrus_exec_spec spec;
	struct cirrus_exit *end;
	cirrus_instance *it;
	cirrus_status status;
	struct async *thread;
	int in, out, control; /* ours */
	int theirs[3];
	int64_t ended_ns;
};

static void live_main(void *arg)
{
	struct live *l = arg;

	l->status = ON_IT(&l->call, l->it, instance_exec, &l->spec, l->end);
	l->ended_ns = clock_now();
	/* so that our ends see the end too */
	for (size_t i = 0; i < ARRAY_LEN(l->theirs); i++)
		fd_close(&l->theirs[i]);
}

static void live_pipe(struct t *t, int *ours, int *theirs, int their_end)
{
	int fds[2];

	if (fd_pipe(fds, NULL) < 0)
		failed(t, "no pipe");
	*theirs = fds[their_end];
	*ours = fds[!their_end];
}

static void live_start(struct live *l, struct t *t, struct box *b,
		       const char *const *argv, bool with_input, int64_t ms)
{
	call_init(&l->call, t, ms);
	l->it = b->it[0];
	l->end = xcalloc(1, CIRRUS_OUT_MAX);
	l->end->struct_size = sizeof(*l->end);
	l->in = l->theirs[0] = -1;
	if (with_input)
		live_pipe(t, &l->in, &l->theirs[0], 0);
	live_pipe(t, &l->out, &l->theirs[1], 1);
	l->control = l->theirs[2] = -1;
	if (can(t, CIRRUS_CAP_EXEC_SIGNAL) || can(t, CIRRUS_CAP_EXEC_RESIZE))
		live_pipe(t, &l->control, &l->theirs[2], 0);
	l->spec.struct_size = sizeof(l->spec);
	l->spec.argv = argv;
	l->spec.stdin_fd = with_input ? l->theirs[0] : 0;
	l->spec.stdout_fd = l->spec.stderr_fd = l->theirs[1];
	l->spec.control_fd = l->control < 0 ? 0 : l->theirs[2];
	l->thread = async_run(live_main, l);
}

/* Waits for its end and closes everything. */
static void live_end(struct live *l)
{
	async_join(l->thread);
	fd_close(&l->in);
	fd_close(&l->out);
	fd_close(&l->control);
	call_clear(&l->call);
}

/* Reads until `wanted` came, or fails after ten seconds. */
static void live_expect(struct live *l, const char *wanted)
{
	AUTO_BUF struct buf got = BUF_INIT(BUF_MESSAGE);
	int64_t deadline = clock_after_ms(10000);

	while (!strstr(got.data, wanted)) {
		char *room = buf_room(&got, 512);
		ssize_t n = 0;

		if (fd_wait(l->out, POLLIN, -1, deadline) == FD_READY)
			n = fd_read(l->out, room, 512);
		if (n <= 0)
			failed(l->call.t, "output: got \"%s\", wanted \"%s\"",
			       got.data, wanted);
		buf_grown(&got, (size_t)n);
	}
}

/* --- L38: input --------------------------------------------------------------------- */

static const char *const cat[] = {"cat", NULL};

static void echo_bulk(struct t *t, struct box *b)
{
	size_t len = 16u * 1024 * 1024;
	AUTO_FREE char *data = xmalloc(len);
	struct input input = {data, len};
	struct cirrus_exec_spec spec = {.argv = cat};
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 90000);

	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i * 7 + i / 4093);
	exec_run(&call, b->it[0], &spec, &input, &o);
	want_status(&call, o.status, CIRRUS_OK, "cat with its input's end");
	want_bytes(t, &o.out, data, len, "what cat gave back");
}

static void echo_lines(struct t *t, struct box *b)
{
	static struct live l;
	int64_t best = INT64_MAX;

	live_start(&l, t, b, cat, true, 60000);
	for (int i = 0; i < 10; i++) {
		AUTO_FREE char *line = xasprintf("line %d\n", i);
		int64_t begin = clock_now();

		if (fd_write_all(l.in, line, strlen(line)) < 0)
			failed(t, "nobody reads the input");
		live_expect(&l, line);
		if (i > 0 && clock_now() - begin < best)
			best = clock_now() - begin;
	}
	fd_close(&l.in);
	if (!can(t, CIRRUS_CAP_EXEC_STDIN_EOF))
		call_cancel(&l.call);
	live_end(&l);
	want(t, best < 50 * NS_PER_MS,
	     "a line through cat took %lld ms at best: it is held back",
	     (long long)(best / NS_PER_MS));
}

static void ignore_input(struct t *t, struct box *b)
{
	static char data[1024 * 1024];
	struct input input = {data, sizeof(data)};
	struct cirrus_exec_spec spec = {.argv = SH("exit 5")};
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 30000);

	exec_run(&call, b->it[0], &spec, &input, &o);
	want_status(&call, o.status, CIRRUS_OK, "a command that reads nothing");
	want_int(t, o.exit->code, 5, "its exit code");
}

static void l38_input(struct t *t)
{
	struct box *b = box_up(t);

	/* no stdin_fd is the end of input at once */
	exec_prints(t, b, "cat; echo end", "end");
	if (can(t, CIRRUS_CAP_EXEC_STDIN_EOF))
		echo_bulk(t, b);
	echo_lines(t, b);
	ignore_input(t, b);
}

/* --- L39, L40: output nobody reads -------------------------------------------------------- */

static void l39_slow_reader(struct t *t)
{
	struct box *b = box_up(t);
	static struct live l;
	static char chunk[65536];
	struct proc_counts before, after;
	int64_t got = 0;

	proc_count(&before);
	live_start(&l, t, b, SH("exec cat /dev/zero"), false, 60000);
	for (int i = 0; i < 16; i++) {
		ssize_t n = fd_read(l.out, chunk, sizeof(chunk));

		got += n;
		sleep_ms(100);
	}
	proc_count(&after);
	want(t, got > 65536, "nothing came");
	want(t, after.resident - before.resident < 16 * 1024 * 1024,
	     "%lld KiB of memory while nobody reads",
	     (long long)(after.resident - before.resident) / 1024);
	call_cancel(&l.call);
	live_end(&l);
	want_status(&l.call, l.status, CIRRUS_E_CANCELLED,
		    "the cancelled exec");
}

static void l40_closed_reader(struct t *t)
{
	struct box *b = box_up(t);
	static struct live l;
	char chunk[4096];

	live_start(&l, t, b, SH("exec cat /dev/zero"), false, 20000);
	if (fd_read(l.out, chunk, sizeof(chunk)) <= 0)
		failed(t, "nothing came");
	fd_close(&l.out);
	live_end(&l);
	want_one_of(&l.call, l.status, CIRRUS_E_IO, CIRRUS_E_CANCELLED,
		    CIRRUS_OK, "exec whose reader went away");
	exec_prints(t, b, "echo still here", "still here");
}

/* --- L43, L44: breaking off --------------------------------------------------------------- */

/* Shows its number, and its child's; then waits, silent. */
#define TREE "sleep 300 & echo $$ $!; wait"

static void want_dead(struct t *t, struct box *b, const char *pids)
{
	AUTO_FREE char *script = xasprintf(
		"for p in %s; do kill -0 $p 2>/dev/null && exit 1; done; exit 0",
		pids);
	int alive = 1;

	for (int i = 0; i < 100 && alive; i++) {
		alive = exec_status(t, b, script);
		if (alive)
			sleep_ms(20);
	}
	want(t, !alive, "what was cancelled is still running");
}

static void cancel_tree(struct t *t, struct box *b)
{
	static struct live l;
	char pids[64] = "";
	int64_t begin;
	ssize_t n;

	live_start(&l, t, b, SH(TREE), false, 60000);
	n = fd_read(l.out, pids, sizeof(pids) - 1);
	pids[n > 0 ? strcspn(pids, "\n") : 0] = '\0';
	begin = clock_now();
	call_cancel(&l.call);
	live_end(&l);
	want_status(&l.call, l.status, CIRRUS_E_CANCELLED,
		    "the cancelled exec");
	want(t, l.ended_ns - begin < 2 * NS_PER_S,
	     "it returned %lld ms after it was cancelled",
	     (long long)((l.ended_ns - begin) / NS_PER_MS));
	if (can(t, CIRRUS_CAP_EXEC_KILL))
		want_dead(t, b, pids);
}

/* TERM comes first: its trap writes a file. */
static void cancel_with_grace(struct t *t, struct box *b)
{
	static struct live l;
	int64_t begin;

	l = (struct live){.spec.kill_grace_ms = 5000};
	live_start(&l, t, b,
		   SH("trap 'echo t >/termed; exit 0' TERM; echo ready; "
		      "while :; do sleep 0.1; done"),
		   false, 60000);
	live_expect(&l, "ready");
	begin = clock_now();
	call_cancel(&l.call);
	live_end(&l);
	want_status(&l.call, l.status, CIRRUS_E_CANCELLED,
		    "the cancelled exec");
	want(t, l.ended_ns - begin < 7 * NS_PER_S, "later than grace and 2 s");
	exec_prints(t, b, "cat /termed", "t");
}

static void send_signal(struct t *t, struct box *b)
{
	static struct live l;
	struct cirrus_control c = {CIRRUS_CONTROL_SIGNAL, SIGUSR1, 0, 0};

	live_start(&l, t, b,
		   SH("trap 'echo usr1; exit 3' USR1; echo ready; "
		      "while :; do sleep 0.1; done"),
		   false, 30000);
	live_expect(&l, "ready");
	if (fd_write_all(l.control, &c, sizeof(c)) < 0)
		failed(t, "nobody reads the control records");
	live_expect(&l, "usr1");
	live_end(&l);
	want_status(&l.call, l.status, CIRRUS_OK, "instance_exec");
	want_int(t, l.end->code, 3, "exit code after the signal");
}

static void l43_cancel(struct t *t)
{
	struct box *b = box_up(t);

	cancel_tree(t, b);
	if (can(t, CIRRUS_CAP_EXEC_KILL))
		cancel_with_grace(t, b);
	if (can(t, CIRRUS_CAP_EXEC_SIGNAL))
		send_signal(t, b);
}

static void l44_deadline(struct t *t)
{
	struct box *b = box_up(t);
	static struct live l;
	int64_t begin = clock_now();

	live_start(&l, t, b, SH("sleep 300"), false, 1000);
	live_end(&l);
	want_status(&l.call, l.status, CIRRUS_E_TIMEOUT,
		    "exec with a deadline");
	want(t, l.ended_ns - begin > NS_PER_S / 2, "it did not wait for it");
	want(t, l.ended_ns - begin < 3 * NS_PER_S, "it returned %lld ms late",
	     (long long)((l.ended_ns - begin) / NS_PER_MS - 1000));
}

static void l46_tty(struct t *t)
{
	struct box *b = box_up(t);
	static struct live l;

	l = (struct live){.spec = {.flags = CIRRUS_EXEC_TTY,
				   .tty_rows = 31,
				   .tty_cols = 97}};
	live_start(&l, t, b,
		   SH("test -t 0 && test -t 1 && echo is a terminal; "
		      "sleep 0.3; stty size 2>/dev/null"),
		   true, 30000);
	live_expect(&l, "is a terminal\r\n");
	if (has_program(t, b, "stty"))
		live_expect(&l, "31 97");
	live_end(&l);
	want_status(&l.call, l.status, CIRRUS_OK, "exec with a terminal");
}

const struct check checks_streams[] = {
	{"L38", "input arrives at once, and so does its end", CAP(EXEC_STDIN),
	 180, false, l38_input},
	{"L39", "a slow reader costs no memory", 0, 60, false, l39_slow_reader},
	{"L40", "a reader that goes away ends the call", 0, 60, false,
	 l40_closed_reader},
	{"L43", "cancelling ends a silent command; signals arrive", 0, 120,
	 false, l43_cancel},
	{"L44", "a deadline is TIMEOUT, and kept", 0, 60, false, l44_deadline},
	{"L46", "a terminal is one, of the given size", CAP(EXEC_TTY), 60,
	 false, l46_tty},
	{0},
};
