/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/saved.h"

#include "feed.h"

static struct view v;

static void reread(void)
{
	AUTO_ERROR struct error *err = NULL;

	view_clear(&v);
	need(saved_read(test_dir(), &v, &err) == 0);
}

static void a_run(void)
{
	feed_new();
	feed.keep = true;
	run_started(3);
	task_started(4, "unit");
	step(4, 0, "build", "hello\n");
	step_started(4, 1, STEP_BACKGROUND_SCRIPT, "serve");
	step_finished(4, 1, STATUS_FAILED)->signal = 9;
	task_finished(4, STATUS_TIMED_OUT, "too late");
	run_finished(1);
	feed_run("simple");
}

TEST(what_was_saved_is_read_again)
{
	struct task_view *t;

	a_run();
	reread();
	ok_str(v.project, "/home/me/shop");
	ok_str(v.dir, test_dir());
	ok_int(v.total, 3);
	ok(v.finished);
	ok_int(v.exit_code, 1);
	ok_int(v.duration_ns, 5 * NS_PER_S);
	ok_int(v.at_ns, 1700000000 * NS_PER_S);
	ok_int(v.tasks.len, 1);
	ok_int(v.ended.len, 1);
	t = v.tasks.ptr[0];
	ok_int(t->id, 4);
	ok_str(t->name, "unit");
	ok_int(t->status, STATUS_TIMED_OUT);
	ok_str(t->reason, "too late");
	ok_int(t->steps.len, 2);
	ok_str(t->steps.ptr[0]->title, "'build' script");
	ok_int(t->steps.ptr[0]->length, 6);
	ok_int(t->steps.ptr[0]->status, STATUS_SUCCEEDED);
	ok_int(t->steps.ptr[1]->kind, STEP_BACKGROUND_SCRIPT);
	ok_int(t->steps.ptr[1]->signal, 9);
	view_clear(&v);
}

TEST(a_run_that_never_ended_is_there_as_far_as_it_came)
{
	feed_new();
	feed.keep = true;
	run_started(1);
	task_started(0, "unit");
	step_started(0, 0, STEP_SCRIPT, "build");
	output(0, 0, "half");
	feed_run("simple");
	reread();
	ok(!v.finished);
	ok_int(v.ended.len, 0);
	ok(!v.tasks.ptr[0]->finished);
	ok_int(v.tasks.ptr[0]->steps.ptr[0]->length, 4);
	view_clear(&v);
}

static void write_record(const char *text)
{
	AUTO_FREE char *path = xasprintf("%s/run.json", test_dir());

	need(file_replace(path, text, strlen(text), 0600, NULL) == 0);
}

TEST(what_is_no_record_is_an_error)
{
	static const char *const texts[] = {"", "{", "[]", "{\"schema\": 99}"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO_ERROR struct error *err = NULL;

		write_record(texts[i]);
		ok(saved_read(test_dir(), &v, &err) < 0);
		ok(err && strstr(err->msg, "/run.json: "));
		view_clear(&v);
	}
}

TEST(odd_records_do_no_harm)
{
	write_record("{\"schema\": 1, \"tasks\": [{\"steps\": 3}, {\"name\": "
		     "7, \"steps\": [{\"status\": \"odd\", \"kind\": 1, "
		     "\"log\": \"../../x\"}, null]}, 5]}");
	reread();
	ok_int(v.tasks.len, 3);
	ok_str(v.tasks.ptr[0]->name, "");
	ok_int(v.tasks.ptr[1]->steps.ptr[0]->status, STATUS_NONE);
	view_clear(&v);
}

TAP_MAIN()
