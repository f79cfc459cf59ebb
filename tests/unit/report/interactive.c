/* SPDX-License-Identifier: MIT */
/* What is left of an interactive run once it is over; screen.c and tree.c have
 * the live part. */
#include "config.h"

#include "report/report.h"

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

TAP_MAIN()
