/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <pthread.h>

#include "base/fd.h"
#include "run/schedule.h"
#include "tap.h"

#define MAX 8

struct stage {
	struct task tasks[MAX];
	struct planned planned[MAX];
	struct plan plan;
	size_t needs[MAX][MAX];
	struct schedule_outcome outcome;
	int64_t memory[MAX];
	enum event_status result[MAX];
	int cancel[2];
	size_t cancels; /* the task that presses Ctrl-C; MAX: none */
	const char *locked[MAX], *port[MAX];
	int cleaning_ms;       /* after the result ... */
	int cleaning_until;    /* ... or until so many have begun */
	int cleaned_up, early; /* who began while a port was still taken */
	bool fail_fast;

	pthread_mutex_t lock;
	int running, most, order[MAX], n_order;
	int together; /* so many have to be at work at once, for a while */
	char *skipped[MAX];
};

static void stage_init(struct stage *s, size_t n)
{
	static const char *const names[] = {"a", "b", "c", "d",
					    "e", "f", "g", "h"};

	*s = (struct stage){.plan = {.v = s->planned, .len = n, .n_run = n},
			    .cancels = MAX};
	need(fd_pipe(s->cancel, NULL) == 0);
	pthread_mutex_init(&s->lock, NULL);
	for (size_t i = 0; i < n; i++) {
		s->tasks[i].name = names[i];
		s->planned[i].task = &s->tasks[i];
		s->planned[i].needs = s->needs[i];
		s->result[i] = STATUS_SUCCEEDED;
	}
}

static void requires(struct stage *s, size_t task, size_t need)
{
	s->needs[task][s->planned[task].n_needs++] = need;
}

static int64_t memory(void *ctx, size_t index)
{
	return ((struct stage *)ctx)->memory[index];
}

static void claims(void *ctx, size_t index, struct strv *locks,
		   struct strv *ports)
{
	struct stage *s = ctx;

	if (s->locked[index])
		strv_push(locks, s->locked[index]);
	if (s->port[index])
		strv_push(ports, s->port[index]);
}

static void enter(struct stage *s, size_t index)
{
	pthread_mutex_lock(&s->lock);
	s->early += s->n_order > s->cleaned_up;
	s->order[s->n_order++] = (int)index;
	s->running++;
	s->most = s->running > s->most ? s->running : s->most;
	pthread_mutex_unlock(&s->lock);
}

/* Whether as many were at work at once as have to be. */
static bool all_together(struct stage *s)
{
	bool all;

	pthread_mutex_lock(&s->lock);
	all = s->most >= s->together;
	pthread_mutex_unlock(&s->lock);
	return all;
}

static bool have_begun(struct stage *s)
{
	bool begun;

	pthread_mutex_lock(&s->lock);
	begun = s->cleaning_until && s->n_order >= s->cleaning_until;
	pthread_mutex_unlock(&s->lock);
	return begun;
}

static void run_task(void *ctx, struct schedule *sched, size_t index)
{
	struct stage *s = ctx;

	enter(s, index);
	for (int ms = 0; ms < 20 || (ms < 20000 && !all_together(s)); ms++)
		usleep(1000);
	if (s->cancels == index)
		ok(write(s->cancel[1], "", 1) == 1);
	if (s->cancels == index)
		usleep(50000);
	pthread_mutex_lock(&s->lock);
	s->running--;
	pthread_mutex_unlock(&s->lock);
	schedule_result(sched, index, s->result[index]);
	for (int ms = 0; ms < s->cleaning_ms && !have_begun(s); ms++)
		usleep(1000);
	pthread_mutex_lock(&s->lock);
	s->cleaned_up++;
	pthread_mutex_unlock(&s->lock);
}

static void skip_task(void *ctx, size_t index, const char *why)
{
	((struct stage *)ctx)->skipped[index] = xstrdup(why);
}

static void play(struct stage *s, int jobs, int64_t machine)
{
	struct schedule_options o = {.jobs = jobs,
				     .memory_bytes = machine,
				     .cancel_fd = s->cancel[0],
				     .ctx = s,
				     .memory = memory,
				     .claims = claims,
				     .fail_fast = s->fail_fast,
				     .run = run_task,
				     .skip = skip_task};

	ok(schedule_run(&s->plan, &o, &s->outcome, NULL) == 0);
}

static void stage_clear(struct stage *s)
{
	for (size_t i = 0; i < MAX; i++)
		free(s->skipped[i]);
	free(s->outcome.status);
	fd_close(&s->cancel[0]);
	fd_close(&s->cancel[1]);
}

TEST(independent_tasks_run_at_once)
{
	struct stage s;

	stage_init(&s, 6);
	s.together = 3;
	play(&s, 3, 0);
	ok_int(s.n_order, 6);
	ok_int(s.most, 3);
	stage_clear(&s);
}

TEST(tasks_of_one_lock_run_one_after_the_other)
{
	struct stage s;

	stage_init(&s, 4);
	for (int i = 0; i < 4; i++)
		s.locked[i] = "device";
	play(&s, 4, 0);
	ok_int(s.n_order, 4);
	ok_int(s.most, 1);
	stage_clear(&s);
}

TEST(different_locks_hold_nobody_up)
{
	struct stage s;

	stage_init(&s, 5);
	s.locked[0] = s.locked[1] = "a";
	s.locked[2] = s.locked[3] = "b";
	play(&s, 5, 0);
	ok_int(s.n_order, 5);
	ok_int(s.most, 3);
	stage_clear(&s);
}

TEST(a_port_is_free_only_when_its_task_has_cleaned_up)
{
	struct stage s;

	stage_init(&s, 3);
	s.cleaning_ms = 50;
	for (int i = 0; i < 3; i++)
		s.port[i] = "port 80";
	play(&s, 3, 0);
	ok_int(s.n_order, 3);
	ok_int(s.most, 1);
	ok_int(s.early, 0);
	stage_clear(&s);
}

TEST(a_lock_is_free_when_the_result_stands)
{
	struct stage s;

	stage_init(&s, 2);
	s.cleaning_ms = 20000;
	s.cleaning_until = 2;
	s.locked[0] = s.locked[1] = "device";
	play(&s, 2, 0);
	ok_int(s.n_order, 2);
	ok_int(s.early, 1);
	stage_clear(&s);
}

TEST(fail_fast_starts_nothing_more)
{
	struct stage s;

	stage_init(&s, 4);
	s.fail_fast = true;
	s.result[1] = STATUS_FAILED;
	play(&s, 1, 0);
	ok_int(s.n_order, 2);
	ok_str(s.skipped[2], "task \"b\" did not succeed, and --fail-fast was "
			     "given");
	ok_int(s.outcome.status[3], STATUS_SKIPPED);
	stage_clear(&s);
}

TEST(fail_fast_minds_no_failure_that_is_allowed)
{
	struct stage s;

	stage_init(&s, 3);
	s.fail_fast = true;
	s.result[0] = STATUS_FAILED;
	s.tasks[0].allow_failures = true;
	play(&s, 1, 0);
	ok_int(s.n_order, 3);
	stage_clear(&s);
}

TEST(one_job_means_one_after_the_other)
{
	struct stage s;

	stage_init(&s, 4);
	play(&s, 1, 0);
	ok_int(s.most, 1);
	for (int i = 0; i < 4; i++)
		ok_int(s.order[i], i);
	stage_clear(&s);
}

TEST(needs_come_first)
{
	struct stage s;

	stage_init(&s, 3);
	requires(&s, 0, 1);
	requires(&s, 1, 2);
	play(&s, 8, 0);
	for (int i = 0; i < 3; i++)
		ok_int(s.order[i], 2 - i);
	stage_clear(&s);
}

TEST(who_needs_what_failed_is_skipped_with_the_reason)
{
	struct stage s;

	stage_init(&s, 4);
	s.result[0] = STATUS_FAILED;
	requires(&s, 1, 0);
	requires(&s, 2, 1);
	play(&s, 8, 0);
	ok_int(s.n_order, 2);
	ok_str(s.skipped[1],
	       "task \"a\", which it depends on, did not succeed");
	ok_str(s.skipped[2],
	       "task \"b\", which it depends on, did not succeed");
	ok_int(s.outcome.status[0], STATUS_FAILED);
	ok_int(s.outcome.status[1], STATUS_SKIPPED);
	ok_int(s.outcome.status[3], STATUS_SUCCEEDED);
	stage_clear(&s);
}

TEST(failures_that_are_allowed_hold_nobody_up)
{
	struct stage s;

	stage_init(&s, 2);
	s.result[0] = STATUS_FAILED;
	s.tasks[0].allow_failures = true;
	requires(&s, 1, 0);
	play(&s, 8, 0);
	ok_int(s.outcome.status[1], STATUS_SUCCEEDED);
	stage_clear(&s);
}

TEST(what_the_plan_skips_holds_nobody_up)
{
	struct stage s;

	stage_init(&s, 2);
	s.planned[0].verdict = PLAN_UNSUPPORTED;
	s.planned[0].why = (char *)"no";
	requires(&s, 1, 0);
	play(&s, 8, 0);
	ok_str(s.skipped[0], "no");
	ok_int(s.outcome.status[1], STATUS_SUCCEEDED);
	stage_clear(&s);
}

TEST(stated_memory_counts_against_the_machine)
{
	struct stage s;

	stage_init(&s, 4);
	s.memory[0] = s.memory[1] = s.memory[2] = 600;
	s.memory[3] = 5000; /* more than there is: alone, but it runs */
	play(&s, 8, 1000);
	ok_int(s.most, 1);
	ok_int(s.n_order, 4);
	stage_clear(&s);
}

TEST(after_ctrl_c_nothing_starts)
{
	struct stage s;

	stage_init(&s, 3);
	s.cancels = 0;
	play(&s, 1, 0);
	ok_int(s.n_order, 1);
	ok(s.outcome.cancelled);
	ok_str(s.skipped[2], "the run was interrupted");
	stage_clear(&s);
}

TAP_MAIN()
