/* SPDX-License-Identifier: MIT */
/* The formats of lines: simple, and those of CI systems, which add the marks
 * by which each of them folds what belongs together. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/format.h"
#include "report/lines.h"
#include "report/words.h"

/* How a CI system knows where a group begins and ends; NULL: not at all. */
struct marks {
	void (*open)(struct out *o, const char *title);
	void (*close)(struct out *o, const char *title);
	/* NULL: as a line for people. */
	void (*annotation)(struct out *o, const struct annotation *a);
};

struct simple {
	const struct marks *marks;
	struct lines lines;
	struct event_list held; /* messages of the run, while a line is open */
};

static void line(struct report *r, enum color color, const char *text)
{
	out_end_line(&r->out);
	if (r->color)
		out_format(&r->out, "\033[3%dm%s\033[0m\n", color, text);
	else
		out_format(&r->out, "%s\n", text);
}

enum color color_of_status(enum event_status status)
{
	if (status == STATUS_SUCCEEDED)
		return COLOR_GREEN;
	return view_is_bad(status) ? COLOR_RED : COLOR_YELLOW;
}

enum color color_of_level(enum annotation_level level)
{
	if (level == ANNOTATION_FAILURE)
		return COLOR_RED;
	return level == ANNOTATION_WARNING ? COLOR_YELLOW : COLOR_GREEN;
}

static void tell_started(struct report *r, const char *title)
{
	const struct simple *s = r->state;
	AUTO_FREE char *quoted = words_quoted(title);
	AUTO_FREE char *text = xasprintf("Started %s", quoted);

	out_end_line(&r->out);
	if (s->marks->open)
		s->marks->open(&r->out, title);
	line(r, COLOR_YELLOW, text);
}

static void tell_finished(struct report *r, const struct event *e,
			  const char *title)
{
	const struct simple *s = r->state;
	AUTO_FREE char *quoted = words_quoted(title);
	AUTO_FREE char *text = NULL;
	char duration[CLOCK_TEXT];

	text = xasprintf("%s %s in %s!", quoted, words_finished(e->status),
			 clock_format(e->duration_ns, duration));
	if (e->status != STATUS_NONE)
		line(r, color_of_status(e->status), text);
	out_end_line(&r->out);
	if (s->marks->close)
		s->marks->close(&r->out, title);
}

static void tell_message(struct report *r, const struct event *e)
{
	if (!e->text || (e->level == LEVEL_DEBUG && !r->o.verbose))
		return;
	out_end_line(&r->out);
	out_text(&r->out, e->text);
	out_end_line(&r->out);
	if (e->hint)
		out_format(&r->out, "hint: %s\n", e->hint);
}

static void tell_output(struct report *r, const struct event *e)
{
	struct step_view *step = view_step(&r->view, e->task, e->step);

	if (step && view_log(step) >= 0)
		out_file(&r->out, step->log_fd, e->offset, e->length);
}

static void tell_step_finished(struct report *r, const struct event *e)
{
	struct step_view *step = view_step(&r->view, e->task, e->step);
	AUTO_FREE char *ending = NULL;

	if (!step)
		return;
	ending = words_ending(e->status, e->exit_code, e->signal);
	if (ending) {
		out_end_paragraph(&r->out);
		out_format(&r->out, "%s\n", ending);
	}
	tell_finished(r, e, step->title);
	view_log_close(step);
}

static void tell_task_finished(struct report *r, const struct event *e)
{
	const struct task_view *task = view_task(&r->view, e->task);

	if (!task)
		return;
	if (e->text && e->status != STATUS_FAILED &&
	    e->status != STATUS_ABORTED && !view_is_told(task)) {
		out_end_line(&r->out);
		out_format(&r->out, "%s\n", e->text);
	}
	tell_finished(r, e, task->title);
}

/* People need not read of each test that passed. */
static void tell_annotation(struct report *r, const struct annotation *a)
{
	const struct simple *s = r->state;
	AUTO_FREE char *text = NULL;

	if (s->marks->annotation) {
		out_end_line(&r->out);
		s->marks->annotation(&r->out, a);
		return;
	}
	if (a->level == ANNOTATION_NOTICE && !r->o.verbose)
		return;
	text = words_annotation(a);
	line(r, color_of_level(a->level), text);
}

static void tell(void *ctx, const struct event *e)
{
	struct report *r = ctx;
	const struct task_view *task = view_task(&r->view, e->task);
	const struct step_view *step = view_step(&r->view, e->task, e->step);

	if (e->type == EVENT_TASK_STARTED && task)
		tell_started(r, task->title);
	else if (e->type == EVENT_STEP_STARTED && step)
		tell_started(r, step->title);
	else if (e->type == EVENT_OUTPUT)
		tell_output(r, e);
	else if (e->type == EVENT_MESSAGE)
		tell_message(r, e);
	else if (e->type == EVENT_ANNOTATION)
		tell_annotation(r, e->annotation);
	else if (e->type == EVENT_STEP_FINISHED)
		tell_step_finished(r, e);
	else if (e->type == EVENT_TASK_FINISHED)
		tell_task_finished(r, e);
}

/* --- what concerns the run, not a task ------------------------------------- */

/* Messages of the run never break a line of a script's output. */
static void release_held(struct report *r)
{
	struct simple *s = r->state;

	if (r->out.newlines == 0 && !r->view.finished)
		return;
	for (size_t i = 0; i < s->held.len; i++) {
		tell_message(r, s->held.ptr[i]);
		event_free(s->held.ptr[i]);
	}
	s->held.len = 0;
}

static bool is_wanted_when_quiet(const struct event *e)
{
	return view_is_bad(e->status);
}

static void start(struct report *r, const struct marks *marks)
{
	struct simple *s = xcalloc(1, sizeof(*s));

	s->marks = marks;
	lines_init(&s->lines, tell, r);
	s->lines.whole = r->o.quiet;
	s->lines.wanted = r->o.quiet ? is_wanted_when_quiet : NULL;
	r->state = s;
}

static void simple_event(struct report *r, struct event *e)
{
	struct simple *s = r->state;

	if (e->type == EVENT_MESSAGE && e->task < 0 &&
	    (!r->o.quiet || e->level <= LEVEL_WARNING))
		event_list_push(&s->held, e);
	else
		lines_event(&s->lines, e);
	release_held(r);
}

static int64_t simple_idle(struct report *r UNUSED)
{
	return 0;
}

static void simple_end(struct report *r)
{
	struct simple *s = r->state;

	out_end_line(&r->out);
	for (size_t i = 0; i < s->held.len; i++)
		event_free(s->held.ptr[i]);
	event_list_clear(&s->held);
	lines_clear(&s->lines);
	free(s);
	r->state = NULL;
	out_flush(&r->out);
	summary_print(r);
}

/* --- marks ----------------------------------------------------------------- */

static void github_open(struct out *o, const char *title)
{
	out_format(o, "##[group]%s\n", title);
}

static void github_close(struct out *o, const char *title UNUSED)
{
	out_text(o, "##[endgroup]\n");
}

/* A workflow command is one line; what would end it, or one of its properties,
 * is written in hexadecimal. */
static void github_escaped(struct out *o, const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr("%\r\n", *text) || strchr(special, *text))
			out_format(o, "%%%02X", (unsigned char)*text);
		else
			out_add(o, text, 1);
	}
}

static void github_property(struct out *o, const char **before,
			    const char *name, const char *value)
{
	if (!value)
		return;
	out_format(o, "%s%s=", *before, name);
	github_escaped(o, value, ":,");
	*before = ",";
}

static void github_number(struct out *o, const char **before, const char *name,
			  int n)
{
	if (n <= 0)
		return;
	out_format(o, "%s%s=%d", *before, name, n);
	*before = ",";
}

/* Columns count only where they are of one line. */
static void github_annotation(struct out *o, const struct annotation *a)
{
	static const char *const commands[] = {
		[ANNOTATION_NOTICE] = "notice",
		[ANNOTATION_WARNING] = "warning",
		[ANNOTATION_FAILURE] = "error",
	};
	bool is_line = a->path && a->start_line > 0;
	bool has_columns = is_line && a->start_line == a->end_line;
	const char *before = " ";

	out_format(o, "::%s", commands[a->level]);
	github_property(o, &before, "file", a->path);
	github_number(o, &before, "line", is_line ? a->start_line : 0);
	github_number(o, &before, "endLine", is_line ? a->end_line : 0);
	github_number(o, &before, "col", has_columns ? a->start_column : 0);
	github_number(o, &before, "endColumn", has_columns ? a->end_column : 0);
	github_property(o, &before, "title", a->title);
	out_text(o, "::");
	/* one that says nothing is not shown */
	github_escaped(o,
		       a->details ? a->details
		       : a->title ? a->title
				  : "",
		       "");
	out_text(o, "\n");
}

static void travis_open(struct out *o, const char *title)
{
	out_format(o, "travis_fold:start:%s\n", title);
}

static void travis_close(struct out *o, const char *title)
{
	out_format(o, "travis_fold:end:%s\n", title);
}

/* Values of TeamCity's service messages have an escape character of their own. */
static void teamcity(struct out *o, const char *message, const char *title)
{
	out_format(o, "##teamcity[%s name='", message);
	for (; *title; title++) {
		if (*title == '\n')
			out_text(o, "|n");
		else if (*title == '\r')
			out_text(o, "|r");
		else if (strchr("'[]|", *title))
			out_format(o, "|%c", *title);
		else
			out_add(o, title, 1);
	}
	out_text(o, "']\n");
}

static void teamcity_open(struct out *o, const char *title)
{
	teamcity(o, "blockOpened", title);
}

static void teamcity_close(struct out *o, const char *title)
{
	teamcity(o, "blockClosed", title);
}

#define LINE_FORMAT(id, text, open, close, annotation)                       \
	static void start_##id(struct report *r)                             \
	{                                                                    \
		static const struct marks marks = {open, close, annotation}; \
                                                                             \
		start(r, &marks);                                            \
	}                                                                    \
	const struct format format_##id = {                                  \
		text,       start_##id, simple_event, simple_idle,           \
		simple_end, NULL,       NULL}

LINE_FORMAT(simple, "simple", NULL, NULL, NULL);
LINE_FORMAT(github_actions, "github-actions", github_open, github_close,
	    github_annotation);
LINE_FORMAT(travis, "travis", travis_open, travis_close, NULL);
LINE_FORMAT(teamcity, "teamcity", teamcity_open, teamcity_close, NULL);
