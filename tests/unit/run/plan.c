/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/exit.h"
#include "run/plan.h"
#include "run/selection.h"
#include "tap.h"

#define CONTAINER                                \
	.instance = {.kind = INSTANCE_CONTAINER, \
		     .key = "container",         \
		     .container = {.image = "debian:12"}}

static const struct selection everything;
static const char *const no_labels[] = {NULL};
static const char *const go21[] = {"go:1.21", "linux", NULL};
static const char *const go22[] = {"go:1.22", "linux", NULL};

/* A list of tasks on the stack. */
static struct tasks list(struct task **v, struct task *tasks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		tasks[i].id = (int64_t)i;
		if (!tasks[i].labels)
			tasks[i].labels = no_labels;
		v[i] = &tasks[i];
	}
	return (struct tasks){.v = v, .len = n};
}

static char *lacks_second(void *ctx, const struct task *t)
{
	(void)ctx;
	return t->id == 1 ? xstrdup("backend x does not offer it") : NULL;
}

TEST(a_backend_may_lack_what_a_task_asks)
{
	struct task t[] = {{.name = "a", CONTAINER},
			   {.name = "b", CONTAINER},
			   {.name = "c", .skipped = true, CONTAINER}};
	struct task *v[ARRAY_LEN(t)];
	struct tasks tasks = list(v, t, ARRAY_LEN(t));
	struct plan p;

	need(plan_make(&tasks, &everything, NULL, NULL, &p, NULL) == 0);
	ok_int(p.n_run, 2);
	plan_review(&p, lacks_second, NULL);
	ok_int(p.v[0].verdict, PLAN_RUN);
	ok_int(p.v[1].verdict, PLAN_UNSUPPORTED);
	ok_str(p.v[1].why, "backend x does not offer it");
	ok_int(p.v[2].verdict, PLAN_LEFT_OUT);
	ok_int(p.n_run, 1);
	ok_int(p.n_unsupported, 1);
	plan_clear(&p);
}

TEST(arguments_name_tasks)
{
	static const struct {
		const char *name, *alias, *argument;
		bool want;
	} cases[] = {
		{"Lint", NULL, "lint", true},
		{"Lint", NULL, "LINT  ", true},
		{"lint", NULL, "lin", false},
		{"unit", NULL, "unit-tests", false},
		{"unit", NULL, "unit go:1.22", true},
		{"unit", NULL, "Unit LINUX go:1.22", true},
		{"unit", NULL, "unit go:1.21", false},
		{"Unit tests", "ut", "ut", true},
		{"Unit tests", "ut", "unit TESTS linux", true},
		{"", NULL, "x", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct task t = {.name = cases[i].name,
				 .alias = cases[i].alias,
				 .labels = go22};

		if (!ok(selection_matches(&t, cases[i].argument) ==
			cases[i].want))
			printf("# %s, %s\n", cases[i].name, cases[i].argument);
	}
}

TEST(several_arguments_add_up)
{
	struct task t[] = {{.name = "unit", .labels = go21, CONTAINER},
			   {.name = "unit", .labels = go22, CONTAINER},
			   {.name = "lint", CONTAINER},
			   {.name = "docs", CONTAINER}};
	struct task *v[4];
	struct tasks all = list(v, t, 4);
	const char *const arguments[] = {"lint", "unit go:1.22", NULL};
	struct plan p;

	need(plan_make(&all, &(struct selection){arguments}, NULL, NULL, &p,
		       NULL) == 0);
	ok_int(p.len, 2);
	ok_int(p.v[0].task->id, 1);
	ok_int(p.v[1].task->id, 2);
	plan_clear(&p);
}

TEST(an_argument_without_a_task_is_an_error_with_a_guess)
{
	struct task t[] = {{.name = "lint", CONTAINER},
			   {.name = "gone", .filtered = true, CONTAINER}};
	struct task *v[2];
	struct tasks all = list(v, t, 2);
	const char *const arguments[] = {"lint", "lnit", NULL};
	AUTO_ERROR struct error *err = NULL;
	struct plan p;

	ok(plan_make(&all, &(struct selection){arguments}, NULL, NULL, &p,
		     &err) < 0);
	ok_str(err ? err->msg : NULL,
	       "task filter yielded no matches: none of the 1 task(s) were "
	       "matched using a \"lnit\" filter");
	ok_str(err ? err->hint : NULL, "did you mean \"lint\"?");
	ok_int(err ? err->code : 0, ERR_USAGE);
}

TEST(needs_hold_among_those_that_are_there)
{
	static const int64_t needs[] = {0, 1, 2};
	struct task t[] = {
		{.name = "a", CONTAINER},
		{.name = "b", .filtered = true, CONTAINER},
		{.name = "c", CONTAINER},
		{.name = "d", .required = needs, .n_required = 3, CONTAINER}};
	struct task *v[4];
	struct tasks all = list(v, t, 4);
	const char *const arguments[] = {"d", "c", NULL};
	struct plan p;

	need(plan_make(&all, &everything, NULL, NULL, &p, NULL) == 0);
	ok_int(p.len, 3);
	ok_int(p.v[2].n_needs, 2);
	ok_int(p.v[2].needs[1], 1);
	plan_clear(&p);
	need(plan_make(&all, &(struct selection){arguments}, NULL, NULL, &p,
		       NULL) == 0);
	ok_int(p.len, 2);
	ok_int(p.v[1].n_needs, 1);
	plan_clear(&p);
}

TEST(manual_tasks_wait_and_so_does_who_needs_them)
{
	static const int64_t first[] = {0}, second[] = {1};
	struct task t[] = {{.name = "deploy", .manual = true, CONTAINER},
			   {.name = "smoke",
			    .required = first,
			    .n_required = 1,
			    CONTAINER},
			   {.name = "more",
			    .required = second,
			    .n_required = 1,
			    CONTAINER}};
	struct task *v[3];
	struct tasks all = list(v, t, 3);
	const char *const arguments[] = {"deploy", NULL};
	struct plan p;

	need(plan_make(&all, &everything, NULL, NULL, &p, NULL) == 0);
	for (int i = 0; i < 3; i++)
		ok_int(p.v[i].verdict, PLAN_WAITS);
	ok_str(p.v[2].why, "needs task \"smoke\", which is manual");
	plan_clear(&p);
	need(plan_make(&all, &(struct selection){arguments}, NULL, NULL, &p,
		       NULL) == 0);
	ok_int(p.v[0].verdict, PLAN_RUN);
	plan_clear(&p);
}

static struct plan plan_of(const struct tasks *all, const char *argument,
			   bool with_deps)
{
	const char *const arguments[] = {argument, NULL};
	struct plan p;

	need(plan_make(all, &(struct selection){arguments, with_deps, NULL},
		       NULL, NULL, &p, NULL) == 0);
	return p;
}

TEST(named_tasks_bring_along_their_image_and_on_request_what_they_wait_for)
{
	static const int64_t lint[] = {0}, unit_and_image[] = {1, 4},
			     deploy[] = {5};
	struct task t[] = {
		{.name = "lint", CONTAINER},
		{.name = "unit", .required = lint, .n_required = 1, CONTAINER},
		{.name = "ship",
		 .required = unit_and_image,
		 .n_required = 2,
		 CONTAINER},
		{.name = "last",
		 .required = deploy,
		 .n_required = 1,
		 CONTAINER},
		{.name = "Prebuild F",
		 .instance = {.kind = INSTANCE_PREBUILT_IMAGE}},
		{.name = "deploy", .manual = true, CONTAINER}};
	struct task *v[6];
	struct tasks all = list(v, t, 6);
	struct plan p = plan_of(&all, "ship", false);

	ok_int(p.len, 2);
	ok_int(p.v[0].task->id, 2);
	ok_int(p.v[0].n_needs, 1);
	ok_int(p.v[1].task->id, 4);
	plan_clear(&p);
	p = plan_of(&all, "SHIP", true);
	ok_int(p.len, 4);
	ok_int(p.v[0].task->id, 0);
	ok_int(p.v[2].n_needs, 2);
	plan_clear(&p);
	/* what is brought along was not named: it still waits for a person */
	p = plan_of(&all, "last", true);
	ok_int(p.len, 2);
	ok_int(p.v[1].verdict, PLAN_WAITS);
	ok_str(p.v[0].why, "needs task \"deploy\", which is manual");
	plan_clear(&p);
}

TEST(what_nothing_can_run_says_why)
{
	struct task t[] = {
		{.name = "skip", .skipped = true, CONTAINER},
		{.name = "mac",
		 .instance = {.kind = INSTANCE_MACOS, .key = "macos_instance"}},
		{.name = "cloud",
		 .instance = {.kind = INSTANCE_OTHER, .key = "ec2_instance"}},
		{.name = "win",
		 .instance = {.kind = INSTANCE_CONTAINER,
			      .container = {.image = "x",
					    .platform = PLATFORM_WINDOWS}}},
		{.name = "fine", CONTAINER}};
	struct task *v[5];
	struct tasks all = list(v, t, 5);
	struct plan p;

	need(plan_make(&all, &everything, NULL, NULL, &p, NULL) == 0);
	ok_int(p.v[0].verdict, PLAN_LEFT_OUT);
	for (int i = 1; i < 4; i++) {
		ok_int(p.v[i].verdict, PLAN_UNSUPPORTED);
		ok(p.v[i].why &&
		   strstr(p.v[i].why, "unsupported instance type: "));
	}
	ok(strstr(p.v[2].why, "\"ec2_instance\"") != NULL);
	ok_int(p.v[4].verdict, PLAN_RUN);
	ok_int(p.n_run, 1);
	ok_int(p.n_unsupported, 3);
	plan_clear(&p);
}

TEST(exit_statuses_take_precedence)
{
	static const struct {
		enum event_status one, two;
		bool cancelled, strict;
		size_t n_run, n_unsupported;
		int want;
	} cases[] = {
		{STATUS_SUCCEEDED, STATUS_SUCCEEDED, false, false, 2, 0, 0},
		{STATUS_SUCCEEDED, STATUS_FAILED, false, false, 2, 0, 1},
		{STATUS_SUCCEEDED, STATUS_TIMED_OUT, false, false, 2, 0, 1},
		{STATUS_FAILED, STATUS_SKIPPED, false, false, 2, 0, 1},
		{STATUS_FAILED, STATUS_ERROR, false, false, 2, 0, 3},
		{STATUS_FAILED, STATUS_ABORTED, true, false, 2, 0, 130},
		{STATUS_ERROR, STATUS_ABORTED, true, false, 2, 0, 130},
		{STATUS_SUCCEEDED, STATUS_SUCCEEDED, true, false, 2, 0, 130},
		{STATUS_SUCCEEDED, STATUS_NONE, true, false, 2, 0, 4},
		{STATUS_SUCCEEDED, STATUS_SUCCEEDED, false, false, 2, 1, 0},
		{STATUS_SUCCEEDED, STATUS_SUCCEEDED, false, true, 2, 1, 3},
		{STATUS_SUCCEEDED, STATUS_SUCCEEDED, false, false, 0, 1, 3},
	};
	struct task t = {.name = "t"};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct planned v[] = {{.task = &t}, {.task = &t}};
		struct plan p = {v, 2, cases[i].n_run, cases[i].n_unsupported};
		enum event_status s[] = {cases[i].one, cases[i].two};

		if (!ok_int(plan_exit_status(&p, s, cases[i].cancelled,
					     cases[i].strict),
			    cases[i].want))
			printf("# case %zu\n", i);
	}
}

TEST(a_failure_that_is_allowed_does_not_count)
{
	struct task t = {.name = "t", .allow_failures = true};
	struct planned v[] = {{.task = &t}};
	struct plan p = {v, 1, 1, 0};
	enum event_status failed = STATUS_FAILED, lost = STATUS_ERROR;

	ok_int(plan_exit_status(&p, &failed, false, false), EXIT_OK);
	ok_int(plan_exit_status(&p, &lost, false, false), EXIT_BACKEND);
}

TAP_MAIN()
