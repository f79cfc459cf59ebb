/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/tree.h"

#include <fcntl.h>

#include "base/clock.h"
#include "base/fd.h"

#include "tap.h"

static struct view view;
static struct strv lines;

static void apply(struct event *e)
{
	view_apply(&view, e);
	event_free(e);
}

static void task_started(int64_t id, const char *name)
{
	struct event *e = event_new(EVENT_TASK_STARTED, id, -1);

	e->title = xstrdup(name);
	apply(e);
}

static char *log_of(int64_t task, int step)
{
	return xasprintf("%s/%d-%d", test_dir(), (int)task, step);
}

static void step_started(int64_t task, int step, const char *name)
{
	struct event *e = event_new(EVENT_STEP_STARTED, task, step);

	e->step_kind = STEP_SCRIPT;
	e->title = xstrdup(name);
	e->path = log_of(task, step);
	apply(e);
}

static void output(int64_t task, int step, const char *text)
{
	AUTO_FREE char *path = log_of(task, step);
	struct event *e = event_new(EVENT_OUTPUT, task, step);

	need(file_replace(path, text, strlen(text), 0600, NULL) == 0);
	e->length = (int64_t)strlen(text);
	apply(e);
}

static void step_finished(int64_t task, int step, enum event_status status,
			  int code)
{
	struct event *e = event_new(EVENT_STEP_FINISHED, task, step);

	e->status = status;
	e->exit_code = code;
	e->duration_ns = 12 * NS_PER_S / 10;
	apply(e);
}

static void task_finished(int64_t task, enum event_status status,
			  const char *reason)
{
	struct event *e = event_new(EVENT_TASK_FINISHED, task, -1);

	e->status = status;
	e->text = xstrdup_or_null(reason);
	e->duration_ns = 65 * NS_PER_S / 10;
	apply(e);
}

static void progress(int64_t task, int step, const char *item, int64_t done,
		     int64_t total)
{
	struct event *e = event_new(EVENT_PROGRESS, task, step);

	e->item = xstrdup(item);
	e->done = done;
	e->total = total;
	apply(e);
}

static void message(int64_t task, int step, const char *text)
{
	struct event *e = event_new(EVENT_MESSAGE, task, step);

	e->text = xstrdup(text);
	apply(e);
}

static void clear(void)
{
	view_clear(&view);
	strv_clear(&lines);
}

static const char *joined(void)
{
	static struct buf b = BUF_INIT(BUF_MESSAGE);

	buf_reset(&b);
	for (size_t i = 0; i < lines.len; i++)
		buf_addf(&b, "%s\n", lines.v[i]);
	return b.data;
}

/* What runs, as it looks a second and a half after it was started. */
static const char *running(size_t rows, int columns)
{
	struct tree_style style = tree_ascii;
	int64_t now = 100 * NS_PER_S + NS_PER_S / 2;

	style.columns = columns;
	for (size_t i = 0; i < view.tasks.len; i++) {
		struct task_view *t = view.tasks.ptr[i];

		t->started_ns = 99 * NS_PER_S;
		for (size_t j = 0; j < t->steps.len; j++)
			t->steps.ptr[j]->started_ns = 99 * NS_PER_S;
	}
	tree_running(&view, &style, now, rows, &lines);
	return joined();
}

static const char *finished(int64_t task)
{
	strv_clear(&lines);
	tree_finished(view_task(&view, task), &tree_ascii, &lines);
	return joined();
}

static void two_tasks(void)
{
	clear();
	view.total = 3;
	task_started(0, "test");
	step_started(0, 0, "get");
	step_finished(0, 0, STATUS_SUCCEEDED, 0);
	step_started(0, 1, "unit");
	output(0, 1, "1\n2\n3\n4\n5\n6\n");
	task_started(1, "Lint");
	step_started(1, 0, "check");
	output(1, 0, "a rather long line of output\n");
}

TEST(shows_what_runs_with_its_last_lines)
{
	two_tasks();
	ok_str(running(20, 20), "/ 'test' task 1s\n"
				"  + 'get' script 1.2\n"
				"  / 'unit' script 1.\n"
				"    2\n    3\n    4\n    5\n    6\n"
				"/ 'Lint' Task 1s\n"
				"  / 'check' script 1\n"
				"    a rather long li\n"
				"0 of 3 tasks done\n");
	clear();
}

TEST(tells_less_where_there_is_less_room)
{
	two_tasks();
	ok_str(running(11, 80), "/ 'test' task 1s\n"
				"  / 'unit' script 1.5s\n"
				"    2\n    3\n    4\n    5\n    6\n"
				"/ 'Lint' Task 1s\n"
				"  / 'check' script 1.5s\n"
				"    a rather long line of output\n"
				"0 of 3 tasks done\n");
	ok_str(running(8, 80), "/ 'test' task 1s\n"
			       "  / 'unit' script 1.5s\n"
			       "    5\n    6\n"
			       "/ 'Lint' Task 1s\n"
			       "  / 'check' script 1.5s\n"
			       "    a rather long line of output\n"
			       "0 of 3 tasks done\n");
	ok_str(running(5, 80), "/ 'test' task 1s\n"
			       "  / 'unit' script 1.5s  6\n"
			       "/ 'Lint' Task 1s\n"
			       "  / 'check' script 1.5s  a rather long line of "
			       "output\n"
			       "0 of 3 tasks done\n");
	ok_str(running(3, 80), "/ 'test' task 1s  'unit' script  6\n"
			       "/ 'Lint' Task 1s  'check' script  a rather "
			       "long line of output\n"
			       "0 of 3 tasks done\n");
	ok_str(running(2, 80), "/ 'test' task 1s  'unit' script  6\n"
			       "... and 1 more running, 0 of 3 tasks done\n");
	ok_str(running(1, 80), "... and 2 more running, 0 of 3 tasks done\n");
	clear();
}

TEST(shows_what_a_line_says_last_of_itself)
{
	clear();
	view.total = 2;
	task_started(0, "t");
	step_started(0, 0, "get");
	output(0, 0, "\r 10%\r 20%");
	ok_str(running(9, 80), "/ 't' task 1s\n"
			       "  / 'get' script 1.5s\n"
			       "     20%\n"
			       "0 of 2 tasks done\n");
	ok_str(running(3, 80), "/ 't' task 1s\n"
			       "  / 'get' script 1.5s   20%\n"
			       "0 of 2 tasks done\n");
	ok_str(running(2, 80), "/ 't' task 1s  'get' script   20%\n"
			       "0 of 2 tasks done\n");
	clear();
}

TEST(shows_progress_in_bytes)
{
	clear();
	task_started(0, "t");
	step_started(0, 0, "x");
	progress(0, 0, "one", 5 << 20, 10 << 20);
	progress(0, 0, "two", 0, 10 << 20);
	progress(0, 0, "one", 10 << 20, 10 << 20);
	ok_str(running(20, 80), "/ 't' task 1s\n"
				"  / 'x' script 1.5s\n"
				"    [##########..........]  50%  10.0 of 20.0 "
				"MiB\n");
	clear();
	task_started(0, "t");
	step_started(0, 0, "x");
	progress(0, 0, "one", 3 << 19, 0);
	ok_str(running(20, 80), "/ 't' task 1s\n  / 'x' script 1.5s\n"
				"    1.5 MiB\n");
	clear();
}

TEST(shows_the_last_message_while_there_is_no_output)
{
	clear();
	task_started(0, "t");
	step_started(0, 0, "x");
	message(0, 0, "Pulling image debian:12...");
	ok_str(running(20, 80), "/ 't' task 1s\n  / 'x' script 1.5s\n"
				"    Pulling image debian:12...\n");
	clear();
}

TEST(folds_a_passed_task_into_a_line)
{
	two_tasks();
	task_finished(0, STATUS_SUCCEEDED, NULL);
	ok_str(finished(0), "+ 'test' task 6.5s\n");
	ok_str(running(20, 80), "/ 'Lint' Task 1s\n"
				"  / 'check' script 1.5s\n"
				"    a rather long line of output\n"
				"1 of 3 tasks done\n");
	clear();
}

TEST(keeps_what_a_failure_left)
{
	two_tasks();
	output(0, 1, "./run-tests\n2 of 7 failed\n");
	step_finished(0, 1, STATUS_FAILED, 4);
	step_started(0, 2, "report");
	step_finished(0, 2, STATUS_SKIPPED, 0);
	task_finished(0, STATUS_FAILED, NULL);
	ok_str(finished(0), "- 'test' task 6s\n"
			    "  + 'get' script 1.2s\n"
			    "  - 'unit' script 1.2s\n"
			    "    ./run-tests\n"
			    "    2 of 7 failed\n"
			    "    \n"
			    "    Exit status: 4\n"
			    "  ! 'report' script 1.2s\n");
	ok_str(running(20, 80), "/ 'Lint' Task 1s\n"
				"  / 'check' script 1.5s\n"
				"    a rather long line of output\n"
				"1 of 3 tasks done, 1 failed\n");
	clear();
}

TEST(says_that_lines_are_missing)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	clear();
	task_started(0, "t");
	step_started(0, 0, "x");
	for (int i = 1; i <= 102; i++)
		buf_addf(&b, "%d\n", i);
	output(0, 0, b.data);
	step_finished(0, 0, STATUS_FAILED, 1);
	task_finished(0, STATUS_FAILED, NULL);
	finished(0);
	ok_int(lines.len, 103);
	ok_str(lines.v[2], "    ...");
	ok_str(lines.v[3], "    3");
	ok_str(lines.v[102], "    102");
	clear();
}

TEST(gives_the_reason)
{
	clear();
	task_started(0, "mac");
	message(0, -1, "noted");
	task_finished(0, STATUS_SKIPPED, "no backend\nfor it");
	ok_str(finished(0), "! 'mac' task 6.5s\n"
			    "  no backend\n  for it\n  noted\n");
	clear();
}

TEST(says_an_error_of_a_step_once)
{
	struct event *e;

	clear();
	task_started(0, "t");
	step_started(0, 0, "x");
	e = event_new(EVENT_MESSAGE, 0, 0);
	e->level = LEVEL_ERROR;
	e->text = xstrdup("cannot start");
	e->hint = xstrdup("start it");
	apply(e);
	step_finished(0, 0, STATUS_ERROR, 0);
	task_finished(0, STATUS_ERROR, "cannot start");
	ok_str(finished(0), "- 't' task 6s\n"
			    "  - 'x' script 1.2s\n"
			    "    cannot start\n"
			    "    hint: start it\n");
	clear();
}

TEST(keeps_errors_of_a_task_that_passed)
{
	struct event *e;

	clear();
	task_started(0, "t");
	step_started(0, 0, "x");
	e = event_new(EVENT_MESSAGE, 0, 0);
	e->level = LEVEL_ERROR;
	e->text = xstrdup("cannot clean up");
	apply(e);
	step_finished(0, 0, STATUS_SUCCEEDED, 0);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	ok_str(finished(0), "+ 't' task 6.5s\n  cannot clean up\n");
	clear();
}

TEST(moves_the_spinner_around_in_a_second)
{
	struct tree_style style = tree_emoji;

	clear();
	task_started(0, "t");
	view.tasks.ptr[0]->started_ns = NS_PER_S;
	tree_running(&view, &style, NS_PER_S, 9, &lines);
	ok_str(lines.v[0], "🕐 't' task 0s");
	tree_running(&view, &style, 2 * NS_PER_S - 1, 9, &lines);
	ok_str(lines.v[0], "🕛 't' task 0s");
	clear();
}

TAP_MAIN()
