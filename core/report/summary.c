/* SPDX-License-Identifier: MIT */
/* The last lines of a run: its result, who failed and why, and what to type to
 * see it again. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "model/exit.h"
#include "report/format.h"
#include "report/tail.h"
#include "report/words.h"

/* More tasks than these are counted, not listed, unless they failed. */
#define LISTED 20

/* Of more failures than these the output is not repeated. */
#define DETAILED 5

static void print_first_failure(struct out *o, const struct task_view *t)
{
	out_format(o, "build failed: task %s (%" PRId64 ")", t->name, t->id);
	if (t->status == STATUS_TIMED_OUT)
		out_text(o, " timed out\n");
	else if (t->status == STATUS_ERROR && t->reason)
		out_format(o, ": %s\n", t->reason);
	else
		out_text(o, " failed\n");
}

/* What may fail is not why the build failed. */
static const struct task_view *first_with(const struct view *v,
					  bool (*is)(enum event_status))
{
	for (size_t i = 0; i < v->ended.len; i++)
		if (is(v->ended.ptr[i]->status) && !v->ended.ptr[i]->allowed)
			return v->ended.ptr[i];
	return NULL;
}

static bool is_skipped(enum event_status status)
{
	return status == STATUS_SKIPPED;
}

static void print_result(struct report *r)
{
	const struct task_view *bad = first_with(&r->view, view_is_bad);
	const struct task_view *skipped = first_with(&r->view, is_skipped);

	if (r->view.exit_code == EXIT_INTERRUPTED)
		out_text(&r->err, "build interrupted\n");
	else if (r->view.exit_code == EXIT_TERMINATED)
		out_text(&r->err, "build terminated\n");
	else if (bad)
		print_first_failure(&r->err, bad);
	else if (skipped)
		out_format(&r->err,
			   "build failed: task %s (%" PRId64 ") was skipped: "
			   "%s\n",
			   skipped->name, skipped->id,
			   skipped->reason ? skipped->reason : "no reason");
	else
		out_text(&r->err, "build failed\n");
}

/* --- the summary ----------------------------------------------------------- */

static void print_counts(struct report *r)
{
	const struct view *v = &r->view;
	char duration[CLOCK_TEXT];
	const char *comma = ": ";

	out_format(&r->err, "%zu task%s in %s", v->ended.len,
		   v->ended.len == 1 ? "" : "s",
		   clock_format(v->duration_ns, duration));
	for (int s = STATUS_SUCCEEDED; s <= STATUS_ERROR; s++) {
		size_t n = 0;

		for (size_t i = 0; i < v->ended.len; i++)
			n += v->ended.ptr[i]->status == (enum event_status)s;
		if (n == 0)
			continue;
		out_format(&r->err, "%s%zu %s", comma, n,
			   words_status((enum event_status)s));
		comma = ", ";
	}
	out_text(&r->err, "\n");
}

/* "'a' script: Exit status: 3", or the task's own reason. */
static void print_why(struct out *o, const struct task_view *t, bool is_first)
{
	const struct step_view *s = view_culprit(t);
	AUTO_FREE char *ending = NULL;

	if (s)
		ending = words_ending(s->status, s->exit_code, s->signal);
	/* the result line has it, or there is no more to say */
	if ((t->status == STATUS_ERROR && is_first) ||
	    t->status == STATUS_ABORTED)
		return;
	if (t->reason)
		out_format(o, "  %s", t->reason);
	else if (s && ending)
		out_format(o, "  %s: %s", s->title, ending);
	else if (s)
		out_format(o, "  %s", s->title);
}

/* "(3 failures, 1 warning)", as its reports have it. */
static void print_annotations(struct out *o, const struct task_view *t)
{
	AUTO_FREE char *counts =
		words_annotations(view_count(t, ANNOTATION_FAILURE),
				  view_count(t, ANNOTATION_WARNING));

	if (counts)
		out_format(o, "  (%s)", counts);
}

static void print_task(struct report *r, const struct task_view *t,
		       int name_width)
{
	char duration[CLOCK_TEXT];
	AUTO_FREE char *name =
		xasprintf("%s%s%s", t->name, t->suffix ? " " : "",
			  t->suffix ? t->suffix : "");
	int pad = name_width - utf8_text_width(name, strlen(name));

	if (r->color_err)
		out_format(&r->err, "  \033[3%dm%-10s\033[0m",
			   color_of_status(t->status), words_status(t->status));
	else
		out_format(&r->err, "  %-10s", words_status(t->status));
	out_format(&r->err, "  %s%*s  %6s", name, pad > 0 ? pad : 0, "",
		   clock_format(t->duration_ns, duration));
	if (t->status != STATUS_SUCCEEDED)
		print_why(&r->err, t, t == first_with(&r->view, view_is_bad));
	if (t->allowed)
		out_text(&r->err, "  (may fail)");
	print_annotations(&r->err, t);
	out_text(&r->err, "\n");
}

static bool is_listed(const struct view *v, const struct task_view *t)
{
	return v->ended.len <= LISTED || view_is_bad(t->status);
}

static void print_tasks(struct report *r)
{
	const struct view *v = &r->view;
	int width = 0;

	for (size_t i = 0; i < v->ended.len; i++) {
		const struct task_view *t = v->ended.ptr[i];
		int n = utf8_text_width(t->name, strlen(t->name));

		if (t->suffix)
			n += 1 + utf8_text_width(t->suffix, strlen(t->suffix));

		if (is_listed(v, t) && n > width)
			width = n < 40 ? n : 40;
	}
	for (size_t i = 0; i < v->ended.len; i++)
		if (is_listed(v, v->ended.ptr[i]))
			print_task(r, v->ended.ptr[i], width);
}

/* --- how a task failed ------------------------------------------------------ */

/* Lines of output that a failure is told with once more. */
#define LAST_LINES 10

static void put_indented(const char *line, struct out *to)
{
	out_format(to, "%s%s\n", *line ? "    " : "", line);
}

/* Annotations of a task that a failure is told with. */
#define LAST_ANNOTATIONS 10

static void put_annotations(struct out *o, const struct task_view *t)
{
	size_t n = 0, all = view_count(t, ANNOTATION_FAILURE);

	for (size_t i = 0; i < t->steps.len; i++) {
		const struct annotation_views *of =
			&t->steps.ptr[i]->annotations;

		for (size_t j = 0; j < of->len && n < LAST_ANNOTATIONS; j++) {
			AUTO_FREE char *text = words_annotation(of->ptr[j]);

			if (of->ptr[j]->level != ANNOTATION_FAILURE)
				continue;
			out_format(o, "    %s\n", text);
			n++;
		}
	}
	if (all > n)
		out_format(o, "    ... and %zu more failures\n", all - n);
}

static void put_failure(struct out *o, const struct task_view *t,
			struct step_view *s, bool color)
{
	AUTO_FREE char *ending =
		words_ending(s->status, s->exit_code, s->signal);
	const char *why = ending ? ending : words_status(s->status);

	if (color)
		out_format(o, "\033[31m%s: %s: %s\033[0m\n", t->title, s->title,
			   why);
	else
		out_format(o, "%s: %s: %s\n", t->title, s->title, why);
	tail_put(s, LAST_LINES, color, put_indented, o);
	if (s->error && s->status != STATUS_ABORTED)
		out_format(o, "    %s\n", s->error);
	put_annotations(o, t);
}

void summary_print_failure(struct report *r, const struct task_view *t)
{
	struct step_view *s = view_culprit(t);

	out_end_line(&r->out);
	if (s)
		put_failure(&r->out, t, s, r->color);
	out_text(&r->out, "this is a shell in the task's environment, as it "
			  "is now; exit goes on\n");
}

/* Where there were few tasks it stands right above; interactive formats have
 * nothing but what failed there. */
static bool is_in_sight(const struct report *r)
{
	size_t few = r->format->pause ? 6 : 1;

	return r->view.ended.len <= few;
}

static void print_failures(struct report *r)
{
	const struct view *v = &r->view;
	size_t n = 0;

	for (size_t i = 0; !is_in_sight(r) && i < v->ended.len; i++) {
		const struct task_view *t = v->ended.ptr[i];
		struct step_view *s = view_culprit(t);

		if (!view_is_bad(t->status) || t->status == STATUS_ABORTED ||
		    !s || n++ >= DETAILED)
			continue;
		out_text(&r->err, "\n");
		put_failure(&r->err, t, s, r->color_err);
	}
	if (n > DETAILED)
		out_format(&r->err, "\n%zu more failed\n", n - DETAILED);
	if (n > 0)
		out_text(&r->err, "\n");
}

/* --- what to do about it ----------------------------------------------------- */

static void print_logs(struct report *r)
{
	const struct view *v = &r->view;
	const char *id = v->run_id ? strrchr(v->run_id, '-') : NULL;

	if (v->dir && r->o.keep && id)
		out_format(&r->err,
			   "to see all of its output: cirrus logs %s "
			   "--failed\n",
			   id + 1);
}

static void print_run_again(struct report *r)
{
	const struct view *v = &r->view;
	const char *words = "to run again what failed:";

	for (size_t i = 0; i < v->ended.len; i++) {
		const struct task_view *t = v->ended.ptr[i];
		AUTO_FREE char *command = NULL;

		if (!view_is_bad(t->status) || t->status == STATUS_ABORTED)
			continue;
		command = words_run_again(v->options, t->name, t->suffix);
		out_format(&r->err, "%s %s\n", words, command);
		words = "                         ";
	}
	if (*words == ' ')
		print_logs(r);
}

void summary_print(struct report *r)
{
	const struct view *v = &r->view;

	/* where nothing ran, the caller has an error to tell */
	if (!v->finished || v->ended.len == 0)
		return;
	if (v->exit_code != EXIT_OK)
		print_result(r);
	if (v->exit_code != EXIT_OK || (v->ended.len > 1 && !r->o.quiet)) {
		print_counts(r);
		print_tasks(r);
		print_failures(r);
		print_run_again(r);
	}
	out_flush(&r->err);
}
