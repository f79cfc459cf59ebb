/* SPDX-License-Identifier: MIT */
/* What is left of an interactive run once it is over, and when it is drawn;
 * screen.c and tree.c have how. */
#include "config.h"

#include "report/report.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "feed.h"

static void a_run(void)
{
	feed_new();
	feed.color = false;
	run_started(3);
	task_started(0, "test");
	task_started(1, "Lint");
	message(-1, LEVEL_WARNING, "limits are not enforced here");
	step(1, 0, "check", "fine\n");
	task_finished(1, STATUS_SUCCEEDED, NULL);
	step_started(0, 0, STEP_SCRIPT, "unit");
	output(0, 0, "./run-tests\n2 of 7 failed\n");
	step_finished(0, 0, STATUS_FAILED)->exit_code = 4;
	message(0, LEVEL_WARNING, "about the task");
	task_finished(0, STATUS_FAILED, NULL);
	task_started(2, "mac");
	task_finished(2, STATUS_SKIPPED, "no backend for it");
	run_finished(1);
}

TEST(leaves_a_line_for_what_passed_and_all_of_what_failed)
{
	a_run();
	feed_run("noemoji");
	ok_str(feed.out, "limits are not enforced here\n"
			 "+ 'Lint' Task 2.0s\n"
			 "'test' task: about the task\n"
			 "- 'test' task 2s\n"
			 "  - 'unit' script 1.0s\n"
			 "    ./run-tests\n"
			 "    2 of 7 failed\n"
			 "    \n"
			 "    Exit status: 4\n"
			 "! 'mac' task 2.0s\n"
			 "  no backend for it\n");
	ok(str_starts(feed.err, "build failed: task test (0) failed\n"));
}

TEST(has_emoji_and_colours)
{
	feed_new();
	run_started(1);
	task_started(0, "t");
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed_run("interactive");
	ok_str(feed.out,
	       "✅ \033[32m't' task\033[0m \033[2m2.0s\033[0m\033[0m\n");
	ok_str(feed.err, "");
}

TEST(tells_only_failures_when_quiet)
{
	a_run();
	feed.quiet = true;
	feed_run("noemoji");
	ok(strstr(feed.out, "Lint") == NULL);
	ok(strstr(feed.out, "2 of 7 failed") != NULL);
}

TEST(tells_debug_messages_only_when_asked)
{
	for (int verbose = 0; verbose < 2; verbose++) {
		feed_new();
		run_started(0);
		message(-1, LEVEL_DEBUG, "details");
		run_finished(0);
		feed.color = false;
		feed.verbose = verbose;
		feed_run("noemoji");
		ok_str(feed.out, verbose ? "details\n" : "");
	}
}

/* --- when the terminal's size changes ----------------------------------------- */

static int master = -1, terminal = -1;

static void set_columns(unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};

	need(ioctl(terminal, TIOCSWINSZ, &size) == 0);
}

static void open_terminal(void)
{
	struct termios t;

	master = posix_openpt(O_RDWR | O_NOCTTY);
	need(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	need(terminal >= 0 && tcgetattr(terminal, &t) == 0);
	cfmakeraw(&t);
	need(tcsetattr(terminal, TCSANOW, &t) == 0);
}

/* What is written until `text` came `times` times; the test's alarm ends a wait
 * that is in vain.  To be freed. */
static char *until(const char *text, int times)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	char data[4096];

	for (;;) {
		const char *at = b.data;
		int found = 0;
		ssize_t n;

		while ((at = strstr(at, text)) && ++found < times)
			at++;
		if (at)
			return buf_steal(&b);
		n = read(master, data, sizeof(data));
		need(n > 0);
		buf_add(&b, data, (size_t)n);
	}
}

TEST(fits_a_new_size_when_told_of_it_and_asks_for_none)
{
	static const char line[] =
		"BEGIN 4567890 234567890 234567890 234567890 "
		"234567 END\n";
	AUTO_ERROR struct error *err = NULL;
	struct report_options o = {.format = "noemoji"};
	struct reporter *r;

	feed_new();
	open_terminal();
	set_columns(80);
	run_started(1);
	task_started(0, "t");
	step_started(0, 0, STEP_SCRIPT, "a");
	output(0, 0, line);
	o.events = feed.q;
	o.out_fd = o.err_fd = terminal;
	need(reporter_start(&o, &r, &err) == 0);
	free(until("END", 1));
	set_columns(40);
	{
		/* frames of the spinner: as wide as before */
		AUTO_FREE char *frames = until("\033[?7l", 4);

		ok(!strstr(frames, "BEGIN"));
	}
	raise(SIGWINCH);
	{
		AUTO_FREE char *begin = until("BEGIN", 1);
		AUTO_FREE char *rest = until("\n", 1);

		ok(!strstr(begin, "END") && !strstr(rest, "END"));
	}
	step_finished(0, 0, STATUS_SUCCEEDED);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	queue_close(feed.q);
	ok_int(reporter_finish(r, &err), 0);
	queue_free(feed.q);
	fd_close(&terminal);
	fd_close(&master);
}

TAP_MAIN()
