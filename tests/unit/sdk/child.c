/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/child.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "sdk/lib/dial.h"
#include "tap.h"

#define SH(script)                                     \
	(const char *const[])                          \
	{                                              \
		"sh", "-c", "exec 2>&1; " script, NULL \
	}

TEST(run_collects_both_streams_and_the_status)
{
	const char *const argv[] = {"sh", "-c", "cat; echo bad >&2; exit 3",
				    NULL};
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(BUF_LINE);
	AUTO_ERROR struct error *err = NULL;

	need(child_run(argv, "hello", -1, clock_after_ms(30000), &r, &err) ==
	     0);
	ok_str(r.out.data, "hello");
	ok_str(r.err.data, "bad\n");
	ok(WIFEXITED(r.status));
	ok_int(WEXITSTATUS(r.status), 3);
	ok(!child_succeeded(r.status));
}

TEST(run_drops_what_exceeds_the_cap_and_reads_on)
{
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(10);
	AUTO_ERROR struct error *err = NULL;

	need(child_run(SH("head -c 300000 /dev/zero | tr '\\0' x; exit 0"),
		       NULL, -1, clock_after_ms(30000), &r, &err) == 0);
	ok_str(r.out.data, "xxxxxxxxxx");
	ok(child_succeeded(r.status));
}

TEST(run_says_which_program_is_missing)
{
	const char *const argv[] = {"no-such-program-here", NULL};
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(10);
	AUTO_ERROR struct error *err = NULL;

	ok_int(child_run(argv, NULL, -1, 0, &r, &err), -1);
	need(err);
	ok_int(err->code, ERR_NOTFOUND);
	ok(strstr(err->msg, "no-such-program-here: no such program"));
}

TEST(run_gives_up_at_the_deadline_and_kills_the_group)
{
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(100);
	AUTO_ERROR struct error *err = NULL;
	int64_t give_up = clock_after_ms(60000);

	ok_int(child_run(SH("sleep 600 & echo $!; wait"), NULL, -1,
			 clock_after_ms(500), &r, &err),
	       -1);
	need(err);
	ok_int(err->code, ERR_TIMEOUT);
	need(atoi(r.out.data) > 0);
	while (compat_start_time(atoi(r.out.data)) && clock_now() < give_up)
		sched_yield();
	ok(compat_start_time(atoi(r.out.data)) == 0);
}

TEST(run_stops_when_it_is_cancelled)
{
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(100);
	AUTO_ERROR struct error *err = NULL;
	int fds[2];

	need(fd_pipe(fds, NULL) == 0);
	need(fd_write_all(fds[1], "x", 1) == 0);
	ok_int(child_run(SH("sleep 600; true"), NULL, fds[0], 0, &r, &err), -1);
	need(err);
	ok_int(err->code, ERR_CANCELLED);
	close(fds[0]);
	close(fds[1]);
}

TEST(children_start_with_default_signals)
{
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(100);
	AUTO_ERROR struct error *err = NULL;

	signal(SIGPIPE, SIG_IGN);
	need(child_run(SH("grep SigIgn /proc/self/status"), NULL, -1,
		       clock_after_ms(30000), &r, &err) == 0);
	signal(SIGPIPE, SIG_DFL);
	/* the C library keeps two signals above these for itself */
	ok_int(strtoll(r.out.data + strcspn(r.out.data, "\t"), NULL, 16) &
		       0x7fffffff,
	       0);
}

TEST(children_get_no_descriptor_of_ours)
{
	AUTO_FREE char *script = NULL;
	const char *argv[] = {"sh", "-c", NULL, NULL};
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(100);
	AUTO_ERROR struct error *err = NULL;
	int fds[2];

	need(fd_pipe(fds, NULL) == 0);
	script = xasprintf("test ! -e /dev/fd/%d && test ! -e /dev/fd/%d",
			   fds[0], fds[1]);
	argv[2] = script;
	need(child_run(argv, NULL, -1, clock_after_ms(30000), &r, &err) == 0);
	ok(child_succeeded(r.status));
	close(fds[0]);
	close(fds[1]);
}

/* --- connections through children --------------------------------------------- */

static int dial(const struct dialer *d)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", dialer_path(d));
	need(connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0);
	return fd;
}

static int read_pid(int fd)
{
	char text[64] = "";

	need(fd_read(fd, text, sizeof(text) - 1) > 0);
	return atoi(text);
}

TEST(each_connection_is_a_child_of_its_own)
{
	const char *const argv[] = {"sh", "-c", "echo $$; exec cat", NULL};
	struct dialer *d = dialer_new(argv);
	char text[5] = "";
	int one = dial(d), two = dial(d);
	int pids[2] = {read_pid(one), read_pid(two)};

	ok(pids[0] != pids[1]);
	need(fd_write_all(one, "ping", 4) == 0);
	need(fd_read(one, text, 4) == 4);
	ok_str(text, "ping");
	close(two);
	close(one);
	dialer_free(d);
	for (int i = 0; i < 2; i++)
		ok(kill(pids[i], 0) < 0 && errno == ESRCH);
}

TEST(a_dialer_ends_with_its_children_and_its_socket)
{
	const char *const argv[] = {"sh", "-c", "echo $$; exec sleep 600",
				    NULL};
	struct dialer *d = dialer_new(argv);
	AUTO_FREE char *path = xstrdup(dialer_path(d));
	int fd = dial(d);
	int pid = read_pid(fd);

	dialer_free(d);
	ok(kill(pid, 0) < 0 && errno == ESRCH);
	ok(access(path, F_OK) < 0);
	*strrchr(path, '/') = '\0';
	ok(access(path, F_OK) < 0);
	close(fd);
}

TEST(half_a_close_reaches_the_child)
{
	const char *const argv[] = {"sh", "-c", "cat >/dev/null; echo end",
				    NULL};
	struct dialer *d = dialer_new(argv);
	AUTO_BUF struct buf b = BUF_INIT(100);
	int fd = dial(d);

	need(shutdown(fd, SHUT_WR) == 0);
	need(fd_read_all(fd, &b) == 0);
	ok_str(b.data, "end\n");
	close(fd);
	dialer_free(d);
}

static void complains(const char *const *argv, const char *words)
{
	struct dialer *d = dialer_new(argv);
	AUTO_BUF struct buf b = BUF_INIT(100);
	char c;
	int fd = dial(d);

	ok_int(fd_read(fd, &c, 1), 0); /* the end: all was said */
	dial_complaint(d, &b);
	ok_str(b.data, words);
	close(fd);
	dialer_free(d);
}

TEST(what_a_child_complained_of_is_kept)
{
	complains((const char *const[]){"sh", "-c",
					"echo 'ssh: no route' >&2; "
					"echo 'bye' >&2",
					NULL},
		  "ssh: no route bye");
	complains((const char *const[]){"no-such-ssh", NULL},
		  "no-such-ssh: no such program");
}

TAP_MAIN()
