/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/page.h"

#include "feed.h"

static char *page;

static void tell(void)
{
	free(page);
	page = feed_run_to(&feed.page);
}

static bool has(const char *text)
{
	return strstr(page, text) != NULL;
}

static void a_run(void)
{
	feed_new();
	run_started(2);
	task_started(0, "Lint <b>");
	step(0, 0, "check", "\033[32mgreen\033[0m </pre><script>x\n");
	task_finished(0, STATUS_SUCCEEDED, NULL);
	task_started(7, "unit");
	step_started(7, 0, STEP_SCRIPT, "test");
	output(7, 0, "wrong\n");
	step_finished(7, 0, STATUS_FAILED)->exit_code = 4;
	task_finished(7, STATUS_FAILED, NULL);
	run_finished(1);
}

TEST(a_page_tells_all_of_a_run)
{
	a_run();
	tell();
	ok(has("<!DOCTYPE html>"));
	ok(has("<title>shop: failed</title>"));
	ok(has("run run-1"));
	ok(has("<time datetime=\"2023-11-14T22:13:20.000Z\">"));
	ok(has("data-show=\"succeeded\" aria-pressed=\"false\">1 succeeded"));
	ok(has("href=\"#t7\""));
	ok(has("id=\"t7\" open>"));
	ok(has("&#x27;") || has("'test' script: Exit status: 4"));
	ok(has("<code>cirrus run unit</code>"));
}

TEST(nothing_of_a_run_is_taken_for_html)
{
	a_run();
	tell();
	ok(!has("Lint <b>"));
	ok(has("Lint &lt;b&gt;"));
	ok(has("<span class=\"f2 \">green</span> &lt;/pre&gt;&lt;script&gt;x"));
}

TEST(a_page_needs_nothing_beside_itself)
{
	a_run();
	tell();
	ok(!has("src="));
	ok(!has("http://"));
	ok(!has("https://"));
	ok(!has("@import"));
	ok(!has("url("));
	ok(has("default-src 'none'"));
}

TEST(long_logs_are_cut_in_the_middle)
{
	size_t len = (size_t)1 << 20;
	AUTO_FREE char *text = xmalloc(len);

	memset(text, '.', len);
	for (size_t i = 99; i < len; i += 100)
		text[i] = '\n';
	memcpy(text, "first", 5);
	memcpy(text + len - 5, "last\n", 5);
	feed_new();
	run_started(1);
	task_started(0, "a");
	step_started(0, 0, STEP_SCRIPT, "s");
	output_bytes(0, 0, text, len);
	step_finished(0, 0, STATUS_SUCCEEDED);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	tell();
	ok(has("<pre>first"));
	ok(has("last\n</pre>"));
	ok(has("753664 bytes are left out; all of it: "));
	ok(strlen(page) < 400000);
}

TEST(bytes_that_are_no_text_are_shown_as_such)
{
	feed_new();
	run_started(1);
	task_started(0, "a");
	step_started(0, 0, STEP_SCRIPT, "s");
	output_bytes(0, 0, "a\0b\377c\n", 6);
	step_finished(0, 0, STATUS_SUCCEEDED);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	tell();
	ok(has("<pre>ab\357\277\275c\n</pre>"));
}

TEST(a_run_without_tasks_is_a_page_too)
{
	feed_new();
	run_started(0);
	run_finished(0);
	tell();
	ok(has("</html>"));
	ok(!has("class=\"timeline card\""));
}

TEST(a_file_that_cannot_be_written_is_told_before_the_run)
{
	AUTO_ERROR struct error *err = NULL;
	struct queue *q = queue_new();
	struct report_options o = {.format = "simple",
				   .out_fd = 1,
				   .err_fd = 2,
				   .events = q,
				   .page = "/nowhere/at/all.html"};
	struct reporter *r;

	ok(reporter_start(&o, &r, &err) < 0);
	ok_str(err ? err->msg : "",
	       "cannot write /nowhere/at/all.html: No such file or directory");
	queue_free(q);
}

TEST(a_run_that_a_person_ended_did_not_fail)
{
	feed_new();
	run_started(1);
	task_started(0, "t");
	task_finished(0, STATUS_ABORTED, "interrupted");
	run_finished(130);
	tell();
	ok(has("<title>shop: aborted</title>"));
	ok(has("<header class=\"top aborted\">"));
	ok(has(">aborted</span>"));
	/* in full below, and not twice once the task is unfolded */
	ok(has("<span class=\"why told\">interrupted</span>"));
	ok(has("<p class=\"reason\">interrupted</p>"));
	ok(!has("<div class=\"steps\">"));
}

TAP_MAIN()
