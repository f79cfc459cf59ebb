/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/follow.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "report/out.h"
#include "report/replay.h"
#include "report/report.h"
#include "report/saved.h"
#include "store/runs.h"

/* How often the record is looked at, which is written once a second. */
#define LOOK_MS 250
/* A run that has ended may be about to write so. */
#define GRACE_NS (3 * NS_PER_S)

struct following {
	const char *dir;
	struct wanted *w;
	struct view view; /* the record, as it was read last */
	int64_t dead_ns;  /* since when nobody holds the run's lock; 0: held */
	bool found;       /* something that is wanted */
};

/* True once nothing more will come. */
static bool is_over(struct following *f)
{
	if (f->view.finished)
		return true;
	if (run_is_live(f->dir)) {
		f->dead_ns = 0;
		return false;
	}
	if (f->dead_ns == 0)
		f->dead_ns = clock_now();
	return clock_now() - f->dead_ns >= GRACE_NS;
}

static int look(struct following *f, struct error **err)
{
	struct step_view *waste;

	view_clear(&f->view);
	if (saved_read(f->dir, &f->view, err) < 0)
		return -1;
	f->found |= wanted_count(f->w, &f->view, &waste) > 0;
	return 0;
}

/* False: whoever read our output has seen enough. */
static bool wait_a_little(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO};

	return poll(&p, 1, LOOK_MS) <= 0 || !(p.revents & (POLLERR | POLLHUP));
}

/* --- everything ------------------------------------------------------------------ */

static int tell_all(struct following *f, struct queue *events,
		    struct error **err)
{
	struct replay r = {.wanted = wanted_is, .ctx = f->w, .live = true};
	bool over;
	int result = 0;

	do {
		over = is_over(f);
		replay(&r, &f->view, events);
	} while (!over && wait_a_little() && (result = look(f, err)) == 0);
	replay_clear(&r);
	return result;
}

static int follow_all(struct following *f, struct error **err)
{
	struct queue *events = queue_new();
	struct report_options o = {.format = "simple",
				   .out_fd = STDOUT_FILENO,
				   .err_fd = STDERR_FILENO,
				   .events = events};
	struct reporter *reporter;
	int result;

	if (reporter_start(&o, &reporter, err) < 0)
		return -1;
	result = tell_all(f, events, err);
	queue_close(events);
	if (reporter_finish(reporter, result < 0 ? NULL : err) < 0)
		result = -1;
	queue_free(events);
	return result;
}

/* --- one instruction --------------------------------------------------------------- */

/* Where a step stands in every record of the run. */
struct step_place {
	size_t task, step;
};

static struct step_view *step_at(const struct following *f,
				 struct step_place at)
{
	const struct view *v = &f->view;

	if (at.task >= v->tasks.len ||
	    at.step >= v->tasks.ptr[at.task]->steps.len)
		return NULL;
	return v->tasks.ptr[at.task]->steps.ptr[at.step];
}

/* The one that is wanted, where there is but one. */
static bool find_only(const struct following *f, struct step_place *at)
{
	struct step_view *s = NULL;

	if (wanted_count(f->w, &f->view, &s) != 1 || !s)
		return false;
	for (at->task = 0; at->task < f->view.tasks.len; at->task++)
		for (at->step = 0; step_at(f, *at); at->step++)
			if (step_at(f, *at) == s)
				return true;
	return false;
}

static int copy_bytes(struct following *f, struct step_place at,
		      struct out *out, struct error **err)
{
	struct step_view *s;
	int64_t told = 0;
	bool over;

	do {
		s = step_at(f, at);
		if (!s)
			return 0;
		over = s->finished || is_over(f);
		if (s->length > told && view_log(s) >= 0)
			out_file(out, s->log_fd, told, s->length - told);
		told = s->length;
		out_flush(out);
		if (over || out->errnum != 0 || !wait_a_little())
			return 0;
	} while (look(f, err) == 0);
	return -1;
}

static int follow_step(struct following *f, struct step_place at,
		       struct error **err)
{
	struct out out;
	int errnum, result;

	out_init(&out, STDOUT_FILENO);
	result = copy_bytes(f, at, &out, err);
	errnum = out.errnum;
	out_clear(&out);
	if (result < 0 || errnum == 0 || errnum == EPIPE)
		return result;
	return error_errno(err, errnum, "cannot write the output");
}

/* --- the run ----------------------------------------------------------------------- */

static int follow_wanted(struct following *f, struct error **err)
{
	struct step_place at;

	/* whether there is one such instruction is known once it began */
	while (f->w->step && !f->found && !is_over(f) && wait_a_little())
		if (look(f, err) < 0)
			return -1;
	if (f->w->step && find_only(f, &at))
		return follow_step(f, at, err);
	return follow_all(f, err);
}

int follow(const char *dir, struct wanted *w, struct error **err)
{
	struct following f = {.dir = dir, .w = w};
	int result = look(&f, err);

	if (result == 0)
		result = follow_wanted(&f, err);
	if (result == 0 && !f.found)
		result = wanted_none(w, &f.view, err);
	if (result == 0 && !f.view.finished && f.dead_ns != 0)
		fprintf(stderr, "run %s died\n", f.view.run_id);
	view_clear(&f.view);
	return result;
}
