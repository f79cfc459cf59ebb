/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/vec.h"
#include "proc.h"

#define MAP_SHARED_MEMORY (MAP_SHARED | MAP_ANONYMOUS)

int harness_interrupt_fd = -1;

struct ledger *ledger_new(void)
{
	void *p = mmap(NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE,
		       MAP_SHARED_MEMORY, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

void ledger_note(struct t *t, int kind, const char *fmt, ...)
{
	va_list ap;

	if (__sync_fetch_and_add(&t->ledger->count[kind], 1) > 0)
		return;
	va_start(ap, fmt);
	vsnprintf(t->ledger->first[kind], sizeof(t->ledger->first[kind]), fmt,
		  ap);
	va_end(ap);
}

/* --- in the check's process ----------------------------------------------------- */

static void say_verdict(struct t *t, char what, const char *text)
{
	AUTO_FREE char *all = xasprintf("%c%s", what, text);

	if (fd_write_all(t->verdict_fd, all, strlen(all)) < 0)
		_exit(2);
}

static struct proc_counts at_start;

/* After everything is closed again, as much must be there as before. */
static void compare_counts(struct t *t)
{
	struct proc_counts now;

	/* threads that ended a moment ago may still be on their way out */
	for (int i = 0; i < 100; i++) {
		proc_count(&now);
		if (now.threads <= at_start.threads &&
		    now.children <= at_start.children)
			break;
		sleep_ms(10);
	}
	if (now.fds > at_start.fds)
		ledger_note(t, LEDGER_LEAKS,
			    "%s: %d descriptors more at its "
			    "end than at its start",
			    t->check->id, now.fds - at_start.fds);
	else if (now.children > at_start.children)
		ledger_note(t, LEDGER_LEAKS, "%s: %d children left at its end",
			    t->check->id, now.children - at_start.children);
	else if (now.output > at_start.output)
		ledger_note(t, LEDGER_LEAKS,
			    "%s: it wrote to standard output or error",
			    t->check->id);
}

/* Cleans up and tells the verdict; a bad one first, because what is cleaned up
 * then may be in any state. */
NORETURN static void end_check(struct t *t, char what, const char *text)
{
	char left[512] = "";

	if (what == '-')
		say_verdict(t, what, text);
	if (!t->over && !t->check->is_static) {
		t->over = true;
		boxes_clear(t, left, sizeof(left));
		conn_down(t);
		if (what == '+')
			compare_counts(t);
	}
	if (what == '+' && left[0])
		say_verdict(t, '-', left);
	else if (what != '-')
		say_verdict(t, what, text);
	_exit(0);
}

void failed(struct t *t, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	end_check(t, '-', text);
}

void skipped(struct t *t, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	end_check(t, '?', text);
}

void want(struct t *t, bool holds, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	if (holds)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	failed(t, "%s", text);
}

void want_int(struct t *t, int64_t got, int64_t wanted, const char *what)
{
	if (got != wanted)
		failed(t, "%s: got %lld, wanted %lld", what, (long long)got,
		       (long long)wanted);
}

void want_str(struct t *t, const char *got, const char *wanted,
	      const char *what)
{
	if (strcmp(got, wanted) != 0)
		failed(t, "%s: got \"%.200s\", wanted \"%.200s\"", what, got,
		       wanted);
}

void want_bytes(struct t *t, const struct buf *got, const void *wanted,
		size_t len, const char *what)
{
	const char *w = wanted;
	size_t at = 0;

	while (at < got->len && at < len && got->data[at] == w[at])
		at++;
	if (got->len != len || at != len)
		failed(t,
		       "%s: got %zu bytes, wanted %zu; they differ from "
		       "byte %zu on",
		       what, got->len, len, at);
}

bool can(const struct t *t, unsigned int cap)
{
	return t->caps >> cap & 1;
}

const char *capability(unsigned int cap)
{
	const char *name = cirrus_cap_name(cap);

	return name ? name : "?";
}

static void need_capabilities(struct t *t)
{
	uint64_t missing = t->check->needs & ~t->caps;
	AUTO_BUF struct buf names = BUF_INIT(BUF_LINE);

	if (!missing)
		return;
	for (unsigned int i = 0; i < 64; i++)
		if (missing >> i & 1)
			buf_addf(&names, " %s", capability(i));
	skipped(t, "no%s", names.data);
}

NORETURN static void check_process(struct t *t)
{
	const char *why;

	setsid();
	signal(SIGPIPE, SIG_IGN);
	if (t->check->is_static) {
		t->check->run(t);
		end_check(t, '+', "");
	}
	why = plugin_load(t);
	if (why)
		failed(t, "cannot load it: %s", why);
	t->be = plugin_entry(t, &check_host);
	/* what a first connection makes for good is not a leak */
	conn_up(t);
	conn_down(t);
	proc_count(&at_start);
	conn_up(t);
	need_capabilities(t);
	t->check->run(t);
	end_check(t, '+', "");
}

/* --- around it ------------------------------------------------------------------- */

/* What the plugin prints goes where the check can measure it. */
static void catch_output(void)
{
	char path[] = "/tmp/cirrus-check.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC | O_APPEND);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || null < 0)
		_exit(2);
	unlink(path);
	dup2(null, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	close(fd);
	close(null);
}

static void read_verdict(int fd, pid_t pid, int limit_s, struct buf *text,
			 bool *late)
{
	int64_t deadline = clock_after_ms(limit_s * 1000LL);

	while (fd_wait(fd, POLLIN, harness_interrupt_fd, deadline) ==
	       FD_READY) {
		char *room = buf_room(text, 4096);
		ssize_t n = room ? fd_read(fd, room, 4096) : 0;

		if (n <= 0)
			return;
		buf_grown(text, (size_t)n);
	}
	*late = true;
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
}

static void conclude(struct result *out, const struct buf *text, int status,
		     bool late, int limit_s)
{
	out->verdict = FAILED;
	if (text->len) {
		out->text = xstrdup(text->data + 1);
		out->verdict = text->data[0] == '+'   ? PASSED
			       : text->data[0] == '?' ? SKIPPED
						      : FAILED;
	} else if (late) {
		out->text = xasprintf("still running after %d s", limit_s);
	} else if (WIFSIGNALED(status)) {
		out->text = xasprintf("it crashed: %s",
				      strsignal(WTERMSIG(status)));
	} else {
		out->text = xasprintf("it ended the process with status %d",
				      WEXITSTATUS(status));
	}
}

static void sweep_check(struct t *t);
static const struct check sweep = {
	.id = "sweep", .sentence = "", .limit_s = 120, .run = sweep_check};

void harness_run(const struct settings *set, const struct check *check,
		 const char *run, struct ledger *ledger, struct result *out)
{
	struct t t = {.set = set, .check = check, .ledger = ledger};
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	int64_t begin = clock_now();
	int fds[2], status = 0;
	bool late = false;
	pid_t pid;

	snprintf(t.run, sizeof(t.run), "%s", run);
	if (fd_pipe(fds, NULL) < 0)
		abort();
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		t.verdict_fd = fds[1];
		catch_output();
		check_process(&t);
	}
	close(fds[1]);
	read_verdict(fds[0], pid, check->limit_s, &text, &late);
	close(fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	conclude(out, &text, status, late, check->limit_s);
	out->took_ns = clock_now() - begin;
	if ((late || WIFSIGNALED(status)) && check != &sweep)
		free(harness_sweep(set, run, ledger));
}

/* --- what a check that died left behind -------------------------------------- */

struct leftover {
	uint32_t type;
	char *id;
};
VEC_DEFINE(leftovers, struct leftover);

static cirrus_status collect(void *ctx, const struct cirrus_object *o)
{
	leftovers_push(ctx, (struct leftover){o->type, xstrdup(o->id)});
	return CIRRUS_OK;
}

static void sweep_check(struct t *t)
{
	struct leftovers found = {0};
	struct cirrus_list_spec spec = {.struct_size = sizeof(spec),
					.label_key = "cirrus-check",
					.label_value = t->run};
	struct cirrus_sink sink = {&found, collect};
	int stayed = 0;
	CALL(t, list_call, 30000);

	if (!t->be->list || !t->be->object_delete)
		return;
	ON_CONN(&list_call, list, &spec, &sink);
	for (size_t i = 0; i < found.len; i++) {
		struct cirrus_object o = {.struct_size = sizeof(o),
					  .type = found.ptr[i].type,
					  .id = found.ptr[i].id};
		CALL(t, call, 15000);

		if (ON_CONN(&call, object_delete, &o) != CIRRUS_OK)
			stayed++;
		free(found.ptr[i].id);
	}
	leftovers_clear(&found);
	want(t, !stayed, "%d objects could not be removed", stayed);
}

char *harness_sweep(const struct settings *set, const char *run,
		    struct ledger *ledger)
{
	struct ledger before = *ledger;
	struct result r = {0};
	int interrupt_fd = harness_interrupt_fd;

	harness_interrupt_fd = -1;
	harness_run(set, &sweep, run, ledger, &r);
	harness_interrupt_fd = interrupt_fd;
	*ledger = before;
	if (r.verdict != FAILED) {
		free(r.text);
		return NULL;
	}
	return r.text;
}
