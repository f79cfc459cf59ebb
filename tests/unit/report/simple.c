/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/report.h"

#include "feed.h"

#define YELLOW(text) "\033[33m" text "\033[0m\n"
#define GREEN(text)  "\033[32m" text "\033[0m\n"
#define RED(text)    "\033[31m" text "\033[0m\n"

static void prepare(int64_t task)
{
	step_started(task, 0, STEP_PREPARE, "");
	step_finished(task, 0, STATUS_SUCCEEDED);
}

#define PREPARED                                               \
	YELLOW("Started 'Preparing execution environment...'") \
	GREEN("'Preparing execution environment...' succeeded in 1.0s!")

static void basic(void)
{
	feed_new();
	run_started(1);
	task_started(0, "main");
	prepare(0);
	step(0, 1, "one", "echo hello\nhello\n");
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
}

TEST(tells_a_task_as_the_old_cli_did)
{
	basic();
	feed_run("simple");
	ok_str(feed.out,
	       YELLOW("Started 'main' task") PREPARED
		       YELLOW("Started 'one' script") "echo hello\nhello\n" GREEN(
			       "'one' script succeeded in 1.0s!")
			       GREEN("'main' task succeeded in 2.0s!"));
	ok_str(feed.err, "");
}

TEST(is_plain_without_colours)
{
	basic();
	feed.color = false;
	feed_run("simple");
	ok_str(feed.out,
	       "Started 'main' task\n"
	       "Started 'Preparing execution environment...'\n"
	       "'Preparing execution environment...' succeeded in 1.0s!\n"
	       "Started 'one' script\n"
	       "echo hello\n"
	       "hello\n"
	       "'one' script succeeded in 1.0s!\n"
	       "'main' task succeeded in 2.0s!\n");
}

TEST(marks_groups_for_github)
{
	basic();
	feed_run("github-actions");
	ok_str(feed.out,
	       "##[group]'main' task\n" YELLOW(
		       "Started 'main' task") "##[group]Preparing execution environment...\n" PREPARED
					      "##[endgroup]\n"
					      "##[group]'one' script\n" YELLOW("Started 'one' script") "echo hello\nhello\n" GREEN(
						      "'one' script succeeded in 1.0s!") "##[endgroup]\n" GREEN("'main' task succeeded in 2.0s!") "##[endgroup]\n");
}

TEST(marks_folds_for_travis)
{
	feed_new();
	run_started(1);
	task_started(0, "main");
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed_run("travis");
	ok_str(feed.out,
	       "travis_fold:start:'main' task\n" YELLOW("Started 'main' task") GREEN(
		       "'main' task succeeded in 2.0s!") "travis_fold:end:'main' task\n");
}

TEST(escapes_names_for_teamcity)
{
	feed_new();
	run_started(1);
	task_started(0, "a|[b]\nc");
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed.color = false;
	feed_run("teamcity");
	ok_str(feed.out,
	       "##teamcity[blockOpened name='|'a|||[b|]|nc|' task']\n"
	       "Started 'a|[b]\nc' task\n"
	       "'a|[b]\nc' task succeeded in 2.0s!\n"
	       "##teamcity[blockClosed name='|'a|||[b|]|nc|' task']\n");
}

static void failing(void)
{
	feed_new();
	run_started(2);
	task_started(0, "lint");
	step_started(0, 0, STEP_SCRIPT, "a");
	output(0, 0, "echo before; exit 3\nbefore\n");
	step_finished(0, 0, STATUS_FAILED)->exit_code = 3;
	step_started(0, 1, STEP_SCRIPT, "b");
	step_finished(0, 1, STATUS_SKIPPED)->duration_ns = 0;
	task_finished(0, STATUS_FAILED, NULL);
	task_started(1, "Other");
	task_finished(1, STATUS_SUCCEEDED, NULL);
	run_finished(1);
}

TEST(tells_a_failure)
{
	failing();
	feed_run("simple");
	ok_str(feed.out,
	       YELLOW("Started 'lint' task")
		       YELLOW("Started 'a' script") "echo before; exit 3\nbefore\n\nExit status: 3\n" RED(
			       "'a' script failed in 1.0s!") YELLOW("Started 'b' script")
			       YELLOW("'b' script skipped in 0.0s!") RED(
				       "'lint' task failed in 2.0s!")
				       YELLOW("Started 'Other' Task") GREEN(
					       "'Other' Task succeeded in 2.0s!"));
}

TEST(sums_up_on_stderr)
{
	failing();
	feed.color = false;
	feed_run("simple");
	ok_str(feed.err,
	       "build failed: task lint (0) failed\n"
	       "2 tasks in 5.0s: 1 succeeded, 1 failed\n"
	       "  failed      lint     2.0s  'a' script: Exit status: 3\n"
	       "  succeeded   Other    2.0s\n"
	       "\n"
	       "'lint' task: 'a' script: Exit status: 3\n"
	       "    echo before; exit 3\n"
	       "    before\n"
	       "\n"
	       "to run again what failed: cirrus run lint\n");
}

TEST(tells_only_failures_when_quiet)
{
	failing();
	feed.color = false;
	feed.quiet = true;
	feed_run("simple");
	ok_str(feed.out, "Started 'lint' task\n"
			 "Started 'a' script\n"
			 "echo before; exit 3\nbefore\n\nExit status: 3\n"
			 "'a' script failed in 1.0s!\n"
			 "Started 'b' script\n"
			 "'b' script skipped in 0.0s!\n"
			 "'lint' task failed in 2.0s!\n");
	basic();
	feed.quiet = true;
	feed_run("simple");
	ok_str(feed.out, "");
	ok_str(feed.err, "");
}

TEST(adds_a_newline_only_where_output_lacks_one)
{
	feed_new();
	run_started(1);
	task_started(0, "x");
	step(0, 0, "a", "no newline");
	step(0, 1, "b", "\n\ntwo\n\n");
	step(0, 2, "c", "");
	step_started(0, 3, STEP_SCRIPT, "d");
	output(0, 3, "blank line last\n\n");
	step_finished(0, 3, STATUS_FAILED)->signal = 9;
	step_started(0, 4, STEP_SCRIPT, "e");
	output(0, 4, "unfinished");
	step_finished(0, 4, STATUS_TIMED_OUT);
	task_finished(0, STATUS_TIMED_OUT,
		      "task timed out: 4s elapsed, but the task is still "
		      "running");
	run_finished(1);
	feed.color = false;
	feed_run("simple");
	ok_str(feed.out,
	       "Started 'x' task\n"
	       "Started 'a' script\nno newline\n'a' script succeeded in 1.0s!\n"
	       "Started 'b' script\n\n\ntwo\n\n'b' script succeeded in 1.0s!\n"
	       "Started 'c' script\n'c' script succeeded in 1.0s!\n"
	       "Started 'd' script\nblank line last\n\n"
	       "Signaled to exit (killed)!\n'd' script failed in 1.0s!\n"
	       "Started 'e' script\nunfinished\n\nTimed out!\n"
	       "'e' script failed in 1.0s!\n"
	       "task timed out: 4s elapsed, but the task is still running\n"
	       "'x' task failed in 2.0s!\n");
	ok_str(feed.err, "build failed: task x (0) timed out\n"
			 "1 task in 5.0s: 1 timed out\n"
			 "  timed out   x    2.0s  task timed out: 4s elapsed, "
			 "but the task is still running\n"
			 "to run again what failed: cirrus run x\n");
}

TEST(says_why_a_task_was_skipped_or_broken_off)
{
	feed_new();
	run_started(2);
	task_started(0, "mac");
	task_finished(0, STATUS_SKIPPED, "no backend runs macos_instance");
	task_started(1, "a b");
	task_finished(1, STATUS_ERROR, "pull x: manifest unknown");
	run_finished(3);
	feed.color = false;
	feed_run("simple");
	ok_str(feed.out, "Started 'mac' task\n"
			 "no backend runs macos_instance\n"
			 "'mac' task skipped in 2.0s!\n"
			 "Started 'a b' task\n"
			 "pull x: manifest unknown\n"
			 "'a b' task failed in 2.0s!\n");
	ok_str(feed.err,
	       "build failed: task a b (1): pull x: manifest unknown\n"
	       "2 tasks in 5.0s: 1 skipped, 1 broken off\n"
	       "  skipped     mac    2.0s  no backend runs macos_instance\n"
	       "  broken off  a b    2.0s\n"
	       "to run again what failed: cirrus run 'a b'\n");
}

TEST(says_an_error_of_a_step_once)
{
	struct event *e;

	feed_new();
	run_started(1);
	task_started(0, "t");
	step_started(0, 0, STEP_PREPARE, "");
	e = put(EVENT_MESSAGE, 0, 0);
	e->level = LEVEL_ERROR;
	e->text = xstrdup("cannot start");
	e->hint = xstrdup("start it");
	step_finished(0, 0, STATUS_ERROR);
	task_finished(0, STATUS_ERROR, "cannot start");
	run_finished(3);
	feed.color = false;
	feed_run("simple");
	ok_str(feed.out,
	       "Started 't' task\n"
	       "Started 'Preparing execution environment...'\n"
	       "cannot start\nhint: start it\n"
	       "'Preparing execution environment...' failed in 1.0s!\n"
	       "'t' task failed in 2.0s!\n");
}

TEST(leaves_it_to_the_caller_to_say_why_nothing_ran)
{
	feed_new();
	run_started(1);
	run_finished(3);
	feed_run("simple");
	ok_str(feed.out, "");
	ok_str(feed.err, "");
}

TEST(holds_the_runs_messages_until_a_line_is_whole)
{
	feed_new();
	run_started(1);
	message(-1, LEVEL_WARNING, "first");
	message(-1, LEVEL_DEBUG, "not told without -v");
	task_started(0, "m");
	step_started(0, 0, STEP_SCRIPT, "x");
	output(0, 0, "half a ");
	message(-1, LEVEL_WARNING, "second");
	output(0, 0, "line\n");
	step_finished(0, 0, STATUS_SUCCEEDED);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed.color = false;
	feed_run("simple");
	ok_str(feed.out, "first\n"
			 "Started 'm' task\n"
			 "Started 'x' script\nhalf a line\nsecond\n"
			 "'x' script succeeded in 1.0s!\n"
			 "'m' task succeeded in 2.0s!\n");
}

TEST(keeps_every_byte)
{
	static char data[300000], *at;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7 % 256);
	data[sizeof(data) - 1] = '\n';
	feed_new();
	run_started(1);
	task_started(0, "m");
	step_started(0, 0, STEP_SCRIPT, "x");
	for (size_t i = 0; i < sizeof(data); i += 1000)
		output_bytes(0, 0, data + i, 1000);
	step_finished(0, 0, STATUS_SUCCEEDED);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed.color = false;
	feed_run("simple");
	at = strstr(feed.out, "script\n") + 7;
	ok_mem(at, sizeof(data), data, sizeof(data));
	ok_str(at + sizeof(data), "'x' script succeeded in 1.0s!\n"
				  "'m' task succeeded in 2.0s!\n");
}

TEST(tells_of_an_interruption)
{
	feed_new();
	run_started(1);
	task_started(0, "m");
	task_finished(0, STATUS_ABORTED, "POST /containers: cancelled");
	run_finished(130);
	feed.color = false;
	feed_run("simple");
	ok_str(feed.out, "Started 'm' task\n'm' task aborted in 2.0s!\n");
	ok_str(feed.err, "build interrupted\n"
			 "1 task in 5.0s: 1 aborted\n"
			 "  aborted     m    2.0s\n");
}

TEST(refuses_an_unknown_format)
{
	AUTO_ERROR struct error *err = NULL;
	struct report_options o = {.format = "simpel", .out_fd = 1};
	struct reporter *r;

	ok_int(reporter_start(&o, &r, &err), -1);
	ok(str_starts(err->msg, "unknown output format \"simpel\", not one "
				"of: auto, "));
	ok_str(err->hint, "did you mean simple?");
}

TEST(says_when_output_cannot_be_written)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_CLOSE int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct report_options o = {
		.format = "simple", .out_fd = full, .err_fd = full};
	struct reporter *r;

	if (full < 0)
		skip("no /dev/full");
	basic();
	queue_close(feed.q);
	o.events = feed.q;
	need(reporter_start(&o, &r, &err) == 0);
	ok_int(reporter_finish(r, &err), -1);
	ok_str(err->msg, "cannot write the output: No space left on device");
	queue_free(feed.q);
}

TAP_MAIN()
