/* SPDX-License-Identifier: MIT */
/* Several things at once in formats that tell one line after the other. */
#include "config.h"

#include "report/report.h"

#include "feed.h"

TEST(tells_one_task_live_and_the_others_whole)
{
	feed_new();
	run_started(4);
	for (int t = 0; t < 4; t++)
		task_started(t, (const char *[]){"a", "b", "c", "d"}[t]);
	step(1, 0, "s", "b1\n");
	step(0, 0, "s", "a1\n");
	step(2, 0, "s", "c1\n");
	task_finished(2, STATUS_SUCCEEDED, NULL);
	step(3, 0, "s", "d1\n");
	step(1, 1, "s", "b2\n");
	task_finished(1, STATUS_SUCCEEDED, NULL);
	step(0, 1, "s", "a2\n");
	task_finished(0, STATUS_SUCCEEDED, NULL);
	step(3, 1, "s", "d2\n");
	task_finished(3, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed.color = false;
	feed_run("simple");
#define STEP(text) \
	"Started 's' script\n" text "\n's' script succeeded in 1.0s!\n"
	ok_str(feed.out,
	       "Started 'a' task\n" STEP("a1") STEP(
		       "a2") "'a' task succeeded in 2.0s!\n"
			     "Started 'c' task\n" STEP(
				     "c1") "'c' task succeeded in 2.0s!\n"
					   "Started 'b' task\n" STEP("b1") STEP(
						   "b2") "'b' task succeeded in 2.0s!\n"
							 "Started 'd' task\n" STEP(
								 "d1")
								 STEP("d2") "'d' task succeeded in 2.0s!\n");
}

TEST(never_mixes_a_background_script_into_a_step)
{
	feed_new();
	run_started(1);
	task_started(0, "m");
	step_started(0, 0, STEP_BACKGROUND_SCRIPT, "server");
	output(0, 0, "tick\n");
	step_started(0, 1, STEP_SCRIPT, "x");
	output(0, 1, "half a ");
	output(0, 0, "tick\n");
	output(0, 1, "line\n");
	step_finished(0, 1, STATUS_SUCCEEDED);
	output(0, 0, "tock\n");
	step_finished(0, 0, STATUS_SUCCEEDED);
	task_finished(0, STATUS_SUCCEEDED, NULL);
	run_finished(0);
	feed.color = false;
	feed_run("simple");
	ok_str(feed.out, "Started 'm' task\n"
			 "Started 'x' script\nhalf a line\n"
			 "'x' script succeeded in 1.0s!\n"
			 "Started 'server' background script\n"
			 "tick\ntick\ntock\n"
			 "'server' background script succeeded in 1.0s!\n"
			 "'m' task succeeded in 2.0s!\n");
}

/* --- whatever the order of events --------------------------------------------- */

/* A task of the crowd: what it has told so far. */
struct actor {
	int step; /* -1: not begun; then the number of the open one */
	bool open, done;
	int background; /* the number of its background script; 0: none */
};

static void act(struct actor *a, int64_t id)
{
	if (a->step < 0) {
		AUTO_FREE char *name = xasprintf("t%d", (int)id);

		task_started(id, name);
		a->step = 0;
	} else if (a->open && rand() % 3) {
		output(id, a->step, rand() % 2 ? "line\n" : "no newline");
	} else if (a->open) {
		step_finished(id, a->step++, STATUS_SUCCEEDED);
		a->open = false;
	} else if (a->step == 1 && rand() % 2) {
		a->background = a->step++;
		step_started(id, a->background, STEP_BACKGROUND_SCRIPT, "bg");
		output(id, a->background, "behind");
	} else if (a->step < 4) {
		a->open = true;
		step_started(id, a->step, STEP_SCRIPT, "s");
	} else if (a->background > 0) {
		step_finished(id, a->background, STATUS_SUCCEEDED);
		a->background = 0;
	} else {
		task_finished(id, STATUS_SUCCEEDED, NULL);
		a->done = true;
	}
}

/* The titles of the groups that are open. */
static void check_nesting(const char *text)
{
	AUTO_STRV struct strv lines = {0};
	int depth = 0, groups = 0;

	strv_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.len; i++) {
		const char *line = lines.v[i];

		if (str_starts(line, "##[group]")) {
			bool task = str_ends(line, " task");

			ok_int(depth, task ? 0 : 1);
			depth++;
			groups++;
		} else if (strcmp(line, "##[endgroup]") == 0) {
			depth--;
		} else {
			/* a mark never stands behind an unfinished line */
			ok(!strstr(line, "##["));
		}
		ok(depth >= 0 && depth <= 2);
	}
	ok_int(depth, 0);
	ok(groups > 5);
}

TEST(groups_never_interleave_whatever_happens_when)
{
	for (unsigned int seed = 1; seed <= 30; seed++) {
		struct actor actors[5];
		size_t left = ARRAY_LEN(actors);

		srand(seed);
		feed_new();
		feed.color = false;
		run_started((int)left);
		for (size_t i = 0; i < left; i++)
			actors[i] = (struct actor){.step = -1};
		while (left > 0) {
			size_t i = (size_t)rand() % ARRAY_LEN(actors);

			if (actors[i].done)
				continue;
			act(&actors[i], (int64_t)i);
			left -= actors[i].done;
		}
		run_finished(0);
		feed_run("github-actions");
		check_nesting(feed.out);
		for (size_t i = 0; i < ARRAY_LEN(actors); i++)
			for (int j = 0; j < 5; j++) {
				AUTO_FREE char *log = feed_log((int64_t)i, j);

				unlink(log);
			}
	}
}

TAP_MAIN()
