/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/junit.h"

#include "feed.h"

static char *xml;

static void tell(void)
{
	free(xml);
	xml = feed_run_to(&feed.junit);
}

static bool has(const char *text)
{
	return strstr(xml, text) != NULL;
}

static void begin(const char *task)
{
	feed_new();
	run_started(1);
	task_started(0, task);
}

static void end(enum event_status status, const char *why)
{
	task_finished(0, status, why);
	run_finished(status != STATUS_SUCCEEDED);
	tell();
}

TEST(instructions_are_cases)
{
	begin("unit");
	step_started(0, 0, STEP_PREPARE, "Preparing execution environment...");
	step_finished(0, 0, STATUS_SUCCEEDED);
	step(0, 1, "build", "ok\n");
	step_started(0, 2, STEP_SCRIPT, "test");
	output(0, 2, "\033[31mbad <&>\033[0m\n");
	step_finished(0, 2, STATUS_FAILED)->exit_code = 3;
	step_started(0, 3, STEP_SCRIPT, "later");
	step_finished(0, 3, STATUS_SKIPPED);
	end(STATUS_FAILED, NULL);
	ok(has("<testsuites name=\"cirrus\" tests=\"3\" failures=\"1\" "
	       "errors=\"0\" skipped=\"1\" time=\"5.000\">"));
	ok(has("<testsuite name=\"unit\" tests=\"3\""));
	ok(has("timestamp=\"2023-11-14T22:13:20\""));
	ok(has("<testcase name=\"build\" classname=\"unit\" time=\"1.000\">"
	       "</testcase>"));
	ok(has("<failure message=\"Exit status: 3\" type=\"failed\">"
	       "bad &lt;&amp;&gt;\n</failure>"));
	ok(has("<testcase name=\"later\" classname=\"unit\" time=\"1.000\">"
	       "<skipped/>"));
	ok(!has("Preparing"));
}

TEST(a_broken_preparation_is_a_case)
{
	begin("unit");
	step_started(0, 0, STEP_IMAGE_PULL, "image pull");
	step_finished(0, 0, STATUS_ERROR);
	end(STATUS_ERROR, "no such image");
	ok(has("errors=\"1\""));
	ok(has("<testcase name=\"image pull\""));
	ok(has("<error message="));
}

TEST(a_task_that_never_started_is_a_case)
{
	begin("mac");
	end(STATUS_SKIPPED, "no \"macOS\" here");
	ok(has("<testcase name=\"mac\" classname=\"mac\" time=\"2.000\">"
	       "<skipped message=\"no &quot;macOS&quot; here\"/>"));
}

TEST(what_xml_cannot_say_is_replaced)
{
	begin("a\001\302\205b\377\357\277\276c");
	end(STATUS_SUCCEEDED, NULL);
	ok(has("name=\"a\357\277\275\357\277\275b\357\277\275\357\277\275c\""));
}

TEST(newlines_of_attributes_survive)
{
	begin("a\nb\tc");
	end(STATUS_SUCCEEDED, NULL);
	ok(has("name=\"a&#10;b&#9;c\""));
}

TAP_MAIN()
