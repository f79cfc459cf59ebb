/* SPDX-License-Identifier: MIT */
/* Annotations, in every format. */
#include "config.h"

#include "report/annotation-json.h"
#include "report/saved.h"
#include "report/words.h"

#include "feed.h"

static struct annotation *annotation(enum annotation_level level,
				     const char *title, const char *details)
{
	struct event *e = put(EVENT_ANNOTATION, 0, 1);

	e->annotation = annotation_new(level);
	e->annotation->title = xstrdup_or_null(title);
	e->annotation->details = xstrdup_or_null(details);
	return e->annotation;
}

static void place(struct annotation *a, const char *path, int line, int column)
{
	a->path = xstrdup(path);
	a->start_line = a->end_line = line;
	a->start_column = column;
}

static void begin(void)
{
	feed_new();
	feed.color = false;
	run_started(1);
	task_started(0, "unit");
	step_started(0, 0, STEP_SCRIPT, "test");
	step_finished(0, 0, STATUS_FAILED)->exit_code = 3;
	step_started(0, 1, STEP_ARTIFACTS, "junit");
	output(0, 1, "said\n");
}

static void end(void)
{
	step_finished(0, 1, STATUS_SUCCEEDED);
	task_finished(0, STATUS_FAILED, NULL);
	run_finished(1);
}

static void several(void)
{
	begin();
	annotation(ANNOTATION_NOTICE, "A.passes", NULL);
	place(annotation(ANNOTATION_FAILURE, "A.fails", "  not 3\nat all"),
	      "src/a.c", 7, 2);
	place(annotation(ANNOTATION_WARNING, "ugly", "ugly"), "b.c", 0, 0);
	end();
}

TEST(lines_tell_what_is_wrong)
{
	several();
	feed_run("simple");
	ok(strstr(feed.out, "said\n"
			    "src/a.c:7:2: failure: A.fails: not 3\n"
			    "b.c: warning: ugly\n"
			    "'junit' artifacts succeeded"));
	ok(!strstr(feed.out, "A.passes"));
	ok(strstr(feed.err, "  failed      unit    2.0s  'test' script: Exit "
			    "status: 3  (1 failure, 1 warning)\n"));
}

TEST(notices_are_told_to_those_who_ask)
{
	several();
	feed.verbose = true;
	feed_run("travis");
	ok(strstr(feed.out, "said\nnotice: A.passes\nsrc/a.c:7:2: failure"));
}

TEST(lines_have_the_colours_of_what_they_tell)
{
	several();
	feed.color = true;
	feed_run("teamcity");
	ok(strstr(feed.out,
		  "\033[31msrc/a.c:7:2: failure: A.fails: not 3\033[0m\n"
		  "\033[33mb.c: warning: ugly\033[0m\n"));
}

TEST(github_gets_a_command_a_line)
{
	begin();
	output(0, 1, "no newline");
	annotation(ANNOTATION_NOTICE, "A.passes", NULL);
	place(annotation(ANNOTATION_FAILURE, "a: b, 100%", "::one%\r\ntwo::"),
	      "s:rc/a,1.c", 7, 2);
	place(annotation(ANNOTATION_WARNING, "unused variable", "details text"),
	      "src/a.c", 10, 0);
	place(annotation(ANNOTATION_WARNING, NULL, "x"), "a", 3, 4);
	annotation(ANNOTATION_FAILURE, "t\n::error::u", NULL)->start_line = 3;
	end();
	feed_run("github-actions");
	ok(strstr(feed.out,
		  "no newline\n"
		  "::notice title=A.passes::A.passes\n"
		  "::error file=s%3Arc/a%2C1.c,line=7,endLine=7,col=2,"
		  "title=a%3A b%2C 100%25::::one%25%0D%0Atwo::\n"
		  "::warning file=src/a.c,line=10,endLine=10,title=unused "
		  "variable::details text\n"
		  "::warning file=a,line=3,endLine=3,col=4::x\n"
		  "::error title=t%0A%3A%3Aerror%3A%3Au::t%0A::error::u\n"
		  "'junit' artifacts succeeded"));
}

TEST(github_gets_columns_of_one_line_only)
{
	struct annotation *a;

	begin();
	a = annotation(ANNOTATION_FAILURE, "t", "d");
	place(a, "a", 3, 4);
	a->end_line = 5;
	a->end_column = 6;
	end();
	feed_run("github-actions");
	ok(strstr(feed.out, "::error file=a,line=3,endLine=5,title=t::d\n"));
}

TEST(an_event_tells_all_of_it)
{
	several();
	feed_run("json");
	ok(strstr(feed.out,
		  "{\"event\":\"annotation\",\"time\":\"2023-11-14T22:13:20."
		  "000Z\",\"task\":0,\"step\":1,\"level\":\"notice\","
		  "\"title\":\"A.passes\"}\n"));
	ok(strstr(feed.out, "\"level\":\"failure\",\"title\":\"A.fails\","
			    "\"details\":\"  not 3\\nat all\",\"path\":"
			    "\"src/a.c\",\"start_line\":7,\"end_line\":7,"
			    "\"start_column\":2}\n"));
}

TEST(a_failed_task_leaves_them_on_the_terminal)
{
	several();
	feed_run("noemoji");
	ok(strstr(feed.out, "- 'unit' task 2s  1 failure, 1 warning\n"));
	ok(strstr(feed.out, "  + 'junit' artifacts 1.0s\n"
			    "    src/a.c:7:2: failure: A.fails: not 3\n"
			    "    b.c: warning: ugly\n"));
}

TEST(of_many_the_terminal_shows_the_first)
{
	begin();
	for (int i = 0; i < 1500; i++)
		annotation(ANNOTATION_FAILURE, "t", NULL);
	end();
	feed_run("noemoji");
	ok(strstr(feed.out, "    failure: t\n    ... and 1490 more\n"));
	ok(strstr(feed.out, "  1500 failures\n"));
}

/* Where the task is far above, its failures stand with it. */
TEST(the_summary_has_the_failures)
{
	several();
	feed_run("noemoji");
	ok(!strstr(feed.err, "A.fails"));
	feed_new();
	feed.color = false;
	run_started(2);
	task_started(0, "unit");
	step_started(0, 0, STEP_SCRIPT, "test");
	step_finished(0, 0, STATUS_FAILED)->exit_code = 3;
	step_started(0, 1, STEP_ARTIFACTS, "junit");
	annotation(ANNOTATION_FAILURE, "A.fails", "why");
	annotation(ANNOTATION_WARNING, "ugly", NULL);
	step_finished(0, 1, STATUS_SUCCEEDED);
	task_finished(0, STATUS_FAILED, NULL);
	task_started(1, "other");
	task_finished(1, STATUS_SUCCEEDED, NULL);
	run_finished(1);
	feed_run("simple");
	ok(strstr(feed.err, "'unit' task: 'test' script: Exit status: 3\n"
			    "    failure: A.fails: why\n"));
	ok(!strstr(feed.err, "ugly"));
}

TEST(a_task_that_passed_has_its_warnings_in_its_line)
{
	feed_new();
	feed.color = false;
	run_started(1);
	task_started(0, "lint");
	step_started(0, 0, STEP_SCRIPT, "test");
	step_finished(0, 0, STATUS_SUCCEEDED);
	step_started(0, 1, STEP_ARTIFACTS, "junit");
	annotation(ANNOTATION_WARNING, "ugly", NULL);
	annotation(ANNOTATION_WARNING, "uglier", NULL);
	step_finished(0, 1, STATUS_SUCCEEDED);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed_run("noemoji");
	ok_str(feed.out, "+ 'lint' task 2.0s  2 warnings\n");
}

TEST(a_page_has_them)
{
	AUTO_FREE char *path = xasprintf("%s/page.html", test_dir());
	AUTO_FREE char *page = NULL;

	begin();
	place(annotation(ANNOTATION_FAILURE, "a <b>", "c\n</pre><script>"),
	      "x<y.c", 7, 0);
	annotation(ANNOTATION_NOTICE, "A.passes", NULL);
	end();
	feed.page = path;
	feed_run("simple");
	page = feed_slurp(path);
	ok(strstr(page, "<li class=\"failure\"><code>x&lt;y.c:7</code> "
			"<span>a &lt;b&gt;</span><pre>c\n&lt;/pre&gt;"
			"&lt;script&gt;</pre></li>"));
	ok(strstr(page, "<span class=\"counts failure\">1 failure</span>"));
	ok(!strstr(page, "A.passes"));
}

TEST(they_are_kept_with_the_run)
{
	struct view v = {0};
	struct step_view *s;
	AUTO_ERROR struct error *err = NULL;

	several();
	feed.keep = true;
	feed_run("simple");
	need(saved_read(test_dir(), &v, &err) == 0);
	s = v.tasks.ptr[0]->steps.ptr[1];
	ok_int(s->n_annotations[ANNOTATION_NOTICE], 1);
	ok_int(s->n_annotations[ANNOTATION_WARNING], 1);
	ok_int(s->n_annotations[ANNOTATION_FAILURE], 1);
	need(s->annotations.len == 2);
	ok_int(s->annotations.ptr[0]->level, ANNOTATION_FAILURE);
	ok_str(s->annotations.ptr[0]->title, "A.fails");
	ok_str(s->annotations.ptr[0]->details, "  not 3\nat all");
	ok_str(s->annotations.ptr[0]->path, "src/a.c");
	ok_int(s->annotations.ptr[0]->start_line, 7);
	ok_int(s->annotations.ptr[0]->end_line, 7);
	ok_int(s->annotations.ptr[0]->start_column, 2);
	ok_int(s->annotations.ptr[0]->end_column, 0);
	view_clear(&v);
}

static const char *as_line(const char *title, const char *details)
{
	static char *line;
	struct annotation a = {.level = ANNOTATION_FAILURE,
			       .title = (char *)title,
			       .details = (char *)details};

	free(line);
	line = words_annotation(&a);
	return line;
}

TEST(a_line_says_nothing_twice)
{
	ok_str(as_line("a", "b\nc"), "failure: a: b");
	ok_str(as_line("a", "a\nc"), "failure: a");
	ok_str(as_line("ab", "a"), "failure: ab");
	ok_str(as_line("a", NULL), "failure: a");
	ok_str(as_line(NULL, "b"), "failure: b");
	ok_str(as_line(NULL, NULL), "failure");
}

TAP_MAIN()
