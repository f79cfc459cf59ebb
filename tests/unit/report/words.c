/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/words.h"

#include "tap.h"

static void same(char *got, const char *want)
{
	ok_str(got, want);
	free(got);
}

TEST(names_tasks)
{
	same(words_task("build", NULL), "'build' task");
	same(words_task("Lint", ""), "'Lint' Task");
	same(words_task("unit", "(go:1.22 linux)"),
	     "'unit' task (go:1.22 linux)");
	same(words_task("", NULL), "'' task");
}

TEST(names_steps)
{
	same(words_step(STEP_SCRIPT, "build"), "'build' script");
	same(words_step(STEP_BACKGROUND_SCRIPT, "s"), "'s' background script");
	same(words_step(STEP_CACHE, "deps"), "'deps' cache");
	same(words_step(STEP_UPLOAD_CACHE, "Upload 'deps' cache"),
	     "'Upload 'deps' cache'");
	same(words_step(STEP_FILE, "conf"), "'conf'");
	same(words_step(STEP_ARTIFACTS, "bin"), "'bin' artifacts");
	same(words_step(STEP_IMAGE_PULL, NULL), "image pull");
	same(words_step(STEP_OTHER, "Stopping VM"), "Stopping VM");
}

TEST(quotes_titles_that_have_no_quotes)
{
	same(words_quoted("image pull"), "'image pull'");
	same(words_quoted("'a' script"), "'a' script");
	same(words_quoted("a \"b\""), "a \"b\"");
}

TEST(says_how_scripts_end)
{
	same(words_ending(STATUS_FAILED, 4, 0), "Exit status: 4");
	same(words_ending(STATUS_FAILED, 1, 0), NULL);
	same(words_ending(STATUS_FAILED, 0, 9), "Signaled to exit (killed)!");
	same(words_ending(STATUS_TIMED_OUT, 137, 9), "Timed out!");
	same(words_ending(STATUS_SUCCEEDED, 0, 0), NULL);
	same(words_ending(STATUS_ERROR, 5, 0), NULL);
}

TEST(tells_what_to_type)
{
	same(words_run_again(NULL, "lint", NULL), "cirrus run lint");
	same(words_run_again(NULL, "two words", NULL),
	     "cirrus run 'two words'");
	same(words_run_again(NULL, "unit", "(go:1.22)"),
	     "cirrus run 'unit go:1.22'");
	same(words_run_again(NULL, "it's", NULL), "cirrus run 'it'\\''s'");
	same(words_run_again(NULL, "-x", NULL), "cirrus run -- -x");
	same(words_run_again("--dirty", "-x", NULL),
	     "cirrus run --dirty -- -x");
	same(words_run_again("", "x", NULL), "cirrus run x");
}

TAP_MAIN()
