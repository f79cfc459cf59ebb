/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/schedule.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

enum state { WAITING, RUNNING, SETTLED };

struct job {
	struct schedule *schedule;
	size_t index;
	pthread_t thread;
	bool started, ended; /* the thread */
	enum state state;
	enum event_status status;
	int64_t memory;
	struct strv locks, ports;
};

struct schedule {
	const struct plan *plan;
	const struct schedule_options *o;
	struct job *jobs;
	size_t running;
	int64_t memory; /* of those that run */
	int wake[2];
	pthread_mutex_t lock; /* guards jobs' state, status, ended */
};

static void wake(struct schedule *s)
{
	ssize_t n UNUSED = write(s->wake[1], "", 1);
}

void schedule_result(struct schedule *s, size_t index, enum event_status status)
{
	struct job *j = &s->jobs[index];

	pthread_mutex_lock(&s->lock);
	j->status = status;
	j->state = SETTLED;
	s->running--;
	s->memory -= j->memory;
	pthread_mutex_unlock(&s->lock);
	wake(s);
}

static void *job_main(void *arg)
{
	struct job *j = arg;
	struct schedule *s = j->schedule;

	s->o->run(s->o->ctx, s, j->index);
	pthread_mutex_lock(&s->lock);
	j->ended = true;
	pthread_mutex_unlock(&s->lock);
	wake(s);
	return NULL;
}

/* Whether what a task needs has been settled; *failed is one that failed. */
static bool is_ready(const struct schedule *s, const struct planned *p,
		     const struct planned **failed)
{
	for (size_t i = 0; i < p->n_needs; i++) {
		const struct planned *need = &s->plan->v[p->needs[i]];
		const struct job *j = &s->jobs[p->needs[i]];

		if (j->state != SETTLED)
			return false;
		if (need->verdict == PLAN_RUN &&
		    j->status != STATUS_SUCCEEDED &&
		    !need->task->allow_failures)
			*failed = need;
	}
	return true;
}

static bool share(const struct strv *a, const struct strv *b)
{
	for (size_t i = 0; i < a->len; i++)
		if (strv_contains(b, a->v[i]))
			return true;
	return false;
}

static bool is_locked_out(const struct schedule *s, const struct job *j)
{
	for (size_t i = 0; i < s->plan->len; i++) {
		const struct job *other = &s->jobs[i];

		if (other->state == RUNNING && share(&other->locks, &j->locks))
			return true;
		if (other->started && !other->ended &&
		    share(&other->ports, &j->ports))
			return true;
	}
	return false;
}

/* A task always fits where nothing else runs, or has still to clean up what it
 * needs. */
static bool fits(const struct schedule *s, const struct job *j)
{
	if (is_locked_out(s, j))
		return false;
	if (s->running == 0)
		return true;
	if (s->running >= (size_t)s->o->jobs)
		return false;
	return s->o->memory_bytes == 0 || j->memory == 0 ||
	       s->memory + j->memory <= s->o->memory_bytes;
}

static int start(struct schedule *s, struct job *j, struct error **err)
{
	int r;

	j->state = RUNNING;
	s->running++;
	s->memory += j->memory;
	r = pthread_create(&j->thread, NULL, job_main, j);
	if (r != 0)
		return error_errno(err, r, "cannot start a thread");
	j->started = true;
	return 0;
}

static void settle(struct schedule *s, struct job *j, const char *why)
{
	j->state = SETTLED;
	j->status = STATUS_SKIPPED;
	s->o->skip(s->o->ctx, j->index, why);
}

/* With --fail-fast: the task for whose sake no more is started, or NULL. */
static const struct task *stopper(const struct schedule *s)
{
	for (size_t i = 0; s->o->fail_fast && i < s->plan->len; i++) {
		const struct planned *p = &s->plan->v[i];
		const struct job *j = &s->jobs[i];

		if (p->verdict == PLAN_RUN && j->state == SETTLED &&
		    j->status != STATUS_SUCCEEDED &&
		    j->status != STATUS_SKIPPED && !p->task->allow_failures)
			return p->task;
	}
	return NULL;
}

static void stop(struct schedule *s, const struct task *failed)
{
	AUTO_FREE char *why = xasprintf("task \"%s\" did not succeed, and "
					"--fail-fast was given",
					failed->name);

	for (size_t i = 0; i < s->plan->len; i++)
		if (s->jobs[i].state == WAITING)
			settle(s, &s->jobs[i], why);
}

/* One look at every waiting task; true: something changed for the others. */
static bool advance_once(struct schedule *s, struct error **err)
{
	const struct task *failed_one = stopper(s);
	bool changed = false;

	if (failed_one)
		stop(s, failed_one);

	for (size_t i = 0; i < s->plan->len && !*err; i++) {
		const struct planned *p = &s->plan->v[i], *failed = NULL;
		struct job *j = &s->jobs[i];

		if (j->state != WAITING || !is_ready(s, p, &failed))
			continue;
		if (failed) {
			AUTO_FREE char *why =
				xasprintf("task \"%s\", which it depends on, "
					  "did not succeed",
					  failed->task->name);

			settle(s, j, why);
			changed = true;
		} else if (fits(s, j) && start(s, j, err) < 0) {
			break;
		}
	}
	return changed;
}

static void advance(struct schedule *s, struct error **err)
{
	pthread_mutex_lock(&s->lock);
	while (advance_once(s, err) && !*err)
		;
	pthread_mutex_unlock(&s->lock);
}

static bool all_ended(struct schedule *s)
{
	bool all = true;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->plan->len; i++)
		if (s->jobs[i].started && !s->jobs[i].ended)
			all = false;
	pthread_mutex_unlock(&s->lock);
	return all;
}

/* Waits for something to happen to a task, or for Ctrl-C. */
static void wait_for_news(struct schedule *s, struct schedule_outcome *out)
{
	struct pollfd p[] = {
		{.fd = s->wake[0], .events = POLLIN},
		{.fd = out->cancelled ? -1 : s->o->cancel_fd, .events = POLLIN},
		{.fd = s->o->abandon_fd, .events = POLLIN},
	};
	char waste[64];

	for (size_t i = 1; i < ARRAY_LEN(p); i++)
		if (p[i].fd == 0)
			p[i].fd = -1;
	if (poll(p, ARRAY_LEN(p), -1) < 0)
		return;
	if (p[0].revents && fd_read(s->wake[0], waste, sizeof(waste)) < 0)
		out->abandoned = true;
	out->cancelled = out->cancelled || p[1].revents != 0;
	out->abandoned = out->abandoned || p[2].revents != 0;
}

static void join_all(struct schedule *s)
{
	for (size_t i = 0; i < s->plan->len; i++)
		if (s->jobs[i].started)
			pthread_join(s->jobs[i].thread, NULL);
}

static void loop(struct schedule *s, struct schedule_outcome *out,
		 struct error **broken)
{
	for (;;) {
		if (!out->cancelled && !*broken)
			advance(s, broken);
		if (all_ended(s)) {
			join_all(s);
			return;
		}
		wait_for_news(s, out);
		if (out->abandoned)
			return;
	}
}

/* Those of an abandoned run may still change theirs. */
static void conclude(struct schedule *s, struct schedule_outcome *out)
{
	out->status = xcalloc(s->plan->len + 1, sizeof(*out->status));
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->plan->len; i++) {
		if (s->jobs[i].state == WAITING)
			settle(s, &s->jobs[i], "the run was interrupted");
		out->status[i] = s->jobs[i].status;
	}
	pthread_mutex_unlock(&s->lock);
}

static void prepare(struct schedule *s)
{
	s->jobs = xcalloc(s->plan->len + 1, sizeof(*s->jobs));
	pthread_mutex_init(&s->lock, NULL);
	for (size_t i = 0; i < s->plan->len; i++) {
		struct job *j = &s->jobs[i];

		*j = (struct job){.schedule = s, .index = i};
		if (s->plan->v[i].verdict == PLAN_RUN)
			j->memory = s->o->memory(s->o->ctx, i);
		else
			settle(s, j, s->plan->v[i].why);
		if (j->state == WAITING && s->o->claims)
			s->o->claims(s->o->ctx, i, &j->locks, &j->ports);
	}
}

static void schedule_free(struct schedule *s)
{
	fd_close(&s->wake[0]);
	fd_close(&s->wake[1]);
	pthread_mutex_destroy(&s->lock);
	for (size_t i = 0; i < s->plan->len; i++) {
		strv_clear(&s->jobs[i].locks);
		strv_clear(&s->jobs[i].ports);
	}
	free(s->jobs);
	free(s);
}

int schedule_run(const struct plan *plan, const struct schedule_options *o,
		 struct schedule_outcome *out, struct error **err)
{
	struct schedule *s = xcalloc(1, sizeof(*s));
	AUTO_ERROR struct error *broken = NULL;

	*out = (struct schedule_outcome){0};
	s->plan = plan;
	s->o = o;
	if (fd_pipe(s->wake, err) < 0) {
		free(s);
		return -1;
	}
	prepare(s);
	loop(s, out, &broken);
	conclude(s, out);
	/* else threads still use it, and the process is about to end */
	if (!out->abandoned)
		schedule_free(s);
	if (broken)
		return error_pass(err, &broken, "running tasks");
	return 0;
}
