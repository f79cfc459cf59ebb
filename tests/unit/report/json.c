/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/report.h"

#include "feed.h"

#define AT "\"time\":\"2023-11-14T22:13:20.000Z\""

TEST(tells_every_event_in_a_line)
{
	AUTO_FREE char *want = NULL;
	struct event *e;

	feed_new();
	run_started(1);
	message(-1, LEVEL_WARNING, "a <b> & \"c\"");
	message(-1, LEVEL_DEBUG, "only with -v");
	e = put(EVENT_TASK_STARTED, 7, -1);
	e->title = xstrdup("unit");
	e->title_suffix = xstrdup("(go:1.22)");
	step_started(7, 0, STEP_IMAGE_PULL, "");
	e = put(EVENT_PROGRESS, 7, 0);
	e->item = xstrdup("layer");
	e->text = xstrdup("Downloading");
	e->done = 5;
	e->total = 10;
	step_finished(7, 0, STATUS_SUCCEEDED);
	step_started(7, 1, STEP_SCRIPT, "x");
	output(7, 1, "h\xc3\xa4\n");
	step_finished(7, 1, STATUS_FAILED)->signal = 9;
	task_finished(7, STATUS_FAILED, NULL);
	run_finished(1);
	feed_run("json");
	want = xasprintf(
		"{\"event\":\"run_started\"," AT ",\"schema\":1,"
		"\"run\":\"run-1\",\"project\":\"/home/me/shop\","
		"\"logs\":\"%s\",\"tasks\":1}\n"
		"{\"event\":\"message\"," AT ",\"level\":\"warning\","
		"\"text\":\"a <b> & \\\"c\\\"\"}\n"
		"{\"event\":\"task_started\"," AT ",\"task\":7,"
		"\"name\":\"unit\",\"labels\":\"(go:1.22)\"}\n"
		"{\"event\":\"step_started\"," AT ",\"task\":7,\"step\":0,"
		"\"kind\":\"image_pull\",\"name\":\"\","
		"\"log\":\"%s/7-0.log\"}\n"
		"{\"event\":\"progress\"," AT ",\"task\":7,\"step\":0,"
		"\"item\":\"layer\",\"text\":\"Downloading\",\"done\":5,"
		"\"total\":10}\n"
		"{\"event\":\"step_finished\"," AT ",\"task\":7,\"step\":0,"
		"\"status\":\"succeeded\",\"duration_ms\":1000,"
		"\"exit_code\":0}\n"
		"{\"event\":\"step_started\"," AT ",\"task\":7,\"step\":1,"
		"\"kind\":\"script\",\"name\":\"x\",\"log\":\"%s/7-1.log\"}\n"
		"{\"event\":\"output\"," AT ",\"task\":7,\"step\":1,"
		"\"offset\":0,\"length\":4,\"text\":\"h\xc3\xa4\\n\"}\n"
		"{\"event\":\"step_finished\"," AT ",\"task\":7,\"step\":1,"
		"\"status\":\"failed\",\"duration_ms\":1000,\"exit_code\":0,"
		"\"signal\":9}\n"
		"{\"event\":\"task_finished\"," AT ",\"task\":7,"
		"\"status\":\"failed\",\"duration_ms\":2000}\n"
		"{\"event\":\"run_finished\"," AT ",\"status\":\"failed\","
		"\"duration_ms\":5000,\"exit_status\":1}\n",
		test_dir(), test_dir(), test_dir());
	ok_str(feed.out, want);
	ok(str_starts(feed.err, "build failed: task unit (7) failed\n"));
}

/* The lines of output alone, without what all of them share. */
static char *outputs(void)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_STRV struct strv lines = {0};

	strv_split(&lines, feed.out, '\n');
	for (size_t i = 0; i < lines.len; i++) {
		char *offset = strstr(lines.v[i], "\"offset\"");

		if (str_starts(lines.v[i], "{\"event\":\"output\""))
			buf_addf(&b, "{%s\n", offset);
	}
	return buf_steal(&b);
}

static void one_step(void)
{
	feed_new();
	run_started(1);
	task_started(0, "t");
	step_started(0, 0, STEP_SCRIPT, "x");
}

static void finish(void)
{
	step_finished(0, 0, STATUS_SUCCEEDED);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed_run("json");
}

TEST(never_cuts_a_character_in_two)
{
	AUTO_FREE char *got = NULL;

	one_step();
	output(0, 0, "a\xe2\x9c");
	output(0, 0, "\x85z");
	finish();
	got = outputs();
	ok_str(got, "{\"offset\":0,\"length\":1,\"text\":\"a\"}\n"
		    "{\"offset\":1,\"length\":4,\"text\":\"\xe2\x9c\x85z\"}\n");
}

TEST(keeps_bytes_that_are_no_text)
{
	AUTO_FREE char *got = NULL;

	one_step();
	output_bytes(0, 0, "a\xff\0b", 4);
	output(0, 0, "z\xe2\x9c");
	finish();
	got = outputs();
	ok_str(got, "{\"offset\":0,\"length\":4,\"text\":\"a\xef\xbf\xbd"
		    "\xef\xbf\xbd"
		    "b\",\"base64\":\"Yf8AYg==\"}\n"
		    "{\"offset\":4,\"length\":1,\"text\":\"z\"}\n"
		    "{\"offset\":5,\"length\":2,\"text\":\"\xef\xbf\xbd"
		    "\xef\xbf\xbd\",\"base64\":\"4pw=\"}\n");
}

TEST(cuts_long_output_into_pieces)
{
	static char text[100001];
	size_t total = 0;

	memset(text, 'x', sizeof(text) - 1);
	one_step();
	output(0, 0, text);
	finish();
	for (const char *p = feed.out; (p = strstr(p, "\"length\":")); p++)
		total += (size_t)atol(p + 9);
	ok_int(total, 100000);
}

TAP_MAIN()
