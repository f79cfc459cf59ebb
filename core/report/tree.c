/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/tree.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "report/format.h"
#include "report/tail.h"
#include "report/words.h"

/* Annotations that a step of a failed task leaves there. */
#define ANNOTATION_LINES 10

/* Lines of output that a step which failed leaves on the terminal. */
#define FAILURE_LINES 100

#define BAR_WIDTH 20

static const char *const clock_faces[] = {"🕐", "🕑", "🕒", "🕓", "🕔", "🕕", "🕖",
					  "🕗", "🕘", "🕙", "🕚", "🕛", NULL};
static const char *const strokes[] = {"\\", "|", "/", "-", NULL};

const struct tree_style tree_emoji = {
	.spinner = clock_faces,
	.succeeded = "✅",
	.failed = "❌",
	.skipped = "⏩",
	.indent = "   ",
	.full = "█",
	.empty = "░",
};
const struct tree_style tree_ascii = {
	.spinner = strokes,
	.succeeded = "+",
	.failed = "-",
	.skipped = "!",
	.indent = "  ",
	.full = "#",
	.empty = ".",
};

/* --- single lines ---------------------------------------------------------- */

/* A line of ours, whatever it holds, cut to the terminal's width. */
static void push(const struct tree_style *style, struct strv *lines, int depth,
		 const char *text)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);
	int width = style->columns;

	for (int i = 0; i < depth; i++) {
		buf_adds(&b, style->indent);
		width -= (int)strlen(style->indent);
	}
	if (style->columns > 0 && width < 1)
		return;
	tail_clean(&b, text, style->columns > 0 ? width : 0, style->color);
	strv_push(lines, b.data);
}

/* The same for each line of a text. */
static void push_lines(const struct tree_style *style, struct strv *lines,
		       int depth, const char *text)
{
	AUTO_STRV struct strv parts = {0};

	strv_split(&parts, text, '\n');
	for (size_t i = 0; i < parts.len; i++)
		if (*parts.v[i])
			push(style, lines, depth, parts.v[i]);
}

static const char *mark_of(const struct tree_style *style,
			   enum event_status status)
{
	if (status == STATUS_SUCCEEDED)
		return style->succeeded;
	return view_is_bad(status) ? style->failed : style->skipped;
}

/* The spinner's picture of this moment: around once a second. */
static const char *spinner_at(const struct tree_style *style, int64_t now_ns)
{
	int64_t n = 0;

	while (style->spinner[n])
		n++;
	return style->spinner[now_ns % NS_PER_S * n / NS_PER_S];
}

static void push_node(const struct tree_style *style, struct strv *lines,
		      int depth, const char *mark, enum color color,
		      const char *title, const char *elapsed, const char *more)
{
	AUTO_FREE char *text = NULL;

	if (style->color)
		text = xasprintf("%s \033[3%dm%s\033[0m \033[2m%s\033[0m%s%s",
				 mark, color, title, elapsed, *more ? "  " : "",
				 more);
	else
		text = xasprintf("%s %s %s%s%s", mark, title, elapsed,
				 *more ? "  " : "", more);
	push(style, lines, depth, text);
}

/* Whole seconds: what has steps of its own needs no tenths. */
static const char *whole_seconds(int64_t ns, char out[CLOCK_TEXT])
{
	if (ns < 10 * NS_PER_S)
		snprintf(out, CLOCK_TEXT, "%" PRId64 "s", ns / NS_PER_S);
	else
		clock_format(ns, out);
	return out;
}

/* "[#####.....]  50%  5.0 of 10.0 MiB"; to be freed. */
static char *progress_text(const struct tree_style *style,
			   const struct step_view *s)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	double mib = 1048576.0;

	if (s->total > 0) {
		int64_t done = s->done < s->total ? s->done : s->total;
		int full = (int)(done * BAR_WIDTH / s->total);

		buf_addc(&b, '[');
		for (int i = 0; i < BAR_WIDTH; i++)
			buf_adds(&b, i < full ? style->full : style->empty);
		buf_addf(&b, "] %3d%%  %.1f of %.1f MiB",
			 (int)(done * 100 / s->total), (double)done / mib,
			 (double)s->total / mib);
	} else if (s->done > 0) {
		buf_addf(&b, "%.1f MiB", (double)s->done / mib);
	}
	if (s->progress_text)
		buf_addf(&b, "%s%s", b.len > 0 ? "  " : "", s->progress_text);
	return buf_steal(&b);
}

/* --- what is running ------------------------------------------------------- */

/* How much is told of a task. */
struct detail {
	bool passed_steps;
	bool steps; /* else the current one stands in the task's own line */
	size_t output_lines;
	bool last_line; /* of the output, behind the current step */
};

/* What was written, dimmed. */
static char *dim(const struct tree_style *style, const char *line)
{
	return xasprintf("%s%s", style->color ? "\033[2m" : "",
			 tail_after_return(line));
}

static void push_output(const struct tree_style *style, struct strv *lines,
			struct step_view *s, size_t max, int depth)
{
	AUTO_STRV struct strv tail = {0};
	bool cut;

	tail_read(view_log(s), s->length, max, &tail, &cut);
	for (size_t i = 0; i < tail.len; i++) {
		AUTO_FREE char *line = dim(style, tail.v[i]);

		push(style, lines, depth, line);
	}
}

/* The last line that a step wrote, to stand behind something else, or "". */
static char *last_line(const struct tree_style *style, struct step_view *s,
		       const struct detail *detail)
{
	AUTO_STRV struct strv tail = {0};
	bool cut;

	if (detail->last_line)
		tail_read(view_log(s), s->length, 1, &tail, &cut);
	if (tail.len == 0 || !*tail.v[0])
		return xstrdup("");
	return dim(style, tail.v[0]);
}

/* What stands behind the task where it has but one line: its current step, and
 * the last line that it wrote; to be freed. */
static char *one_line(const struct tree_style *style, struct step_view *s,
		      const struct detail *detail)
{
	AUTO_FREE char *last = last_line(style, s, detail);

	return xasprintf("%s%s%s", s->title, *last ? "  " : "", last);
}

static void push_running_step(const struct tree_style *style,
			      struct strv *lines, struct step_view *s,
			      int64_t now_ns, const struct detail *detail)
{
	AUTO_FREE char *progress = progress_text(style, s);
	AUTO_FREE char *last = last_line(style, s, detail);
	char elapsed[CLOCK_TEXT];

	push_node(style, lines, 1, spinner_at(style, now_ns), COLOR_YELLOW,
		  s->title, clock_format(now_ns - s->started_ns, elapsed),
		  last);
	if (*progress)
		push(style, lines, 2, progress);
	else if (s->note && s->length == 0 && detail->output_lines > 0)
		push(style, lines, 2, s->note);
	if (detail->output_lines > 0)
		push_output(style, lines, s, detail->output_lines, 2);
}

static void push_finished_step(const struct tree_style *style,
			       struct strv *lines, const struct step_view *s)
{
	char elapsed[CLOCK_TEXT];

	push_node(style, lines, 1, mark_of(style, s->status),
		  color_of_status(s->status), s->title,
		  clock_format(s->duration_ns, elapsed), "");
}

static struct step_view *current_step(const struct task_view *t)
{
	for (size_t i = t->steps.len; i > 0; i--)
		if (!t->steps.ptr[i - 1]->finished)
			return t->steps.ptr[i - 1];
	return NULL;
}

static void push_running_task(const struct tree_style *style,
			      struct strv *lines, const struct task_view *t,
			      int64_t now_ns, const struct detail *detail)
{
	struct step_view *current = detail->steps ? NULL : current_step(t);
	AUTO_FREE char *more =
		current ? one_line(style, current, detail) : xstrdup("");
	char elapsed[CLOCK_TEXT];

	push_node(style, lines, 0, spinner_at(style, now_ns), COLOR_YELLOW,
		  t->title, whole_seconds(now_ns - t->started_ns, elapsed),
		  more);
	for (size_t i = 0; detail->steps && i < t->steps.len; i++) {
		struct step_view *s = t->steps.ptr[i];

		if (!s->finished)
			push_running_step(style, lines, s, now_ns, detail);
		else if (detail->passed_steps || view_is_bad(s->status))
			push_finished_step(style, lines, s);
	}
}

/* "2 of 7 tasks done, 1 failed" once there is more than one; in front of it how
 * many run that are not to be seen. */
static void push_footer(const struct view *v, const struct tree_style *style,
			size_t hidden, struct strv *lines)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	size_t failed = 0;

	if (v->total < 2 && hidden == 0)
		return;
	for (size_t i = 0; i < v->ended.len; i++)
		failed += view_is_bad(v->ended.ptr[i]->status);
	if (hidden > 0)
		buf_addf(&b, "... and %zu more running, ", hidden);
	buf_addf(&b, "%s%zu of %" PRId64 " tasks done%s",
		 style->color ? "\033[2m" : "", v->ended.len, v->total,
		 style->color ? "\033[0m" : "");
	if (failed > 0)
		buf_addf(&b,
			 style->color ? ", \033[31m%zu failed\033[0m"
				      : ", %zu failed",
			 failed);
	push(style, lines, 0, b.data);
}

static void push_all(const struct view *v, const struct tree_style *style,
		     int64_t now_ns, const struct detail *detail,
		     struct strv *lines)
{
	for (size_t i = 0; i < v->tasks.len; i++)
		if (!v->tasks.ptr[i]->finished)
			push_running_task(style, lines, v->tasks.ptr[i], now_ns,
					  detail);
	push_footer(v, style, 0, lines);
}

static void pop(struct strv *lines)
{
	free(lines->v[--lines->len]);
	lines->v[lines->len] = NULL;
}

/* Nothing told in less lines fits, and each task has one: the last line says how
 * many of them are missing. */
static void cut_to(const struct view *v, const struct tree_style *style,
		   size_t rows, struct strv *lines)
{
	size_t hidden = 0;

	if (v->total > 1)
		pop(lines);
	for (; lines->len >= rows && lines->len > 0; hidden++)
		pop(lines);
	push_footer(v, style, hidden, lines);
}

void tree_running(const struct view *v, const struct tree_style *style,
		  int64_t now_ns, size_t rows, struct strv *lines)
{
	static const struct detail details[] = {
		{true, true, 5, false},  {false, true, 5, false},
		{false, true, 2, false}, {false, true, 0, true},
		{false, false, 0, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(details); i++) {
		strv_clear(lines);
		push_all(v, style, now_ns, &details[i], lines);
		if (lines->len <= rows)
			return;
	}
	cut_to(v, style, rows > 0 ? rows : 1, lines);
}

/* --- what is over ---------------------------------------------------------- */

static void push_error(const struct tree_style *style, struct strv *lines,
		       int depth, const struct step_view *s)
{
	AUTO_FREE char *hint = NULL;

	push_lines(style, lines, depth, s->error);
	if (!s->hint)
		return;
	hint = xasprintf("hint: %s", s->hint);
	push_lines(style, lines, depth, hint);
}

static void push_failed_step(const struct tree_style *style, struct strv *lines,
			     struct step_view *s)
{
	AUTO_FREE char *ending =
		words_ending(s->status, s->exit_code, s->signal);
	AUTO_STRV struct strv tail = {0};
	bool cut;

	push_finished_step(style, lines, s);
	tail_read(view_log(s), s->length, FAILURE_LINES, &tail, &cut);
	view_log_close(s);
	if (cut)
		push(style, lines, 2, "...");
	for (size_t i = 0; i < tail.len; i++)
		push(style, lines, 2, tail.v[i]);
	if (s->error && s->status != STATUS_ABORTED)
		push_error(style, lines, 2, s);
	else if (tail.len == 0 && s->note)
		push_lines(style, lines, 2, s->note);
	if (ending) {
		push(style, lines, 2, "");
		push(style, lines, 2, ending);
	}
}

static void push_annotations(const struct tree_style *style, struct strv *lines,
			     const struct step_view *s)
{
	size_t all = s->n_annotations[ANNOTATION_FAILURE] +
		     s->n_annotations[ANNOTATION_WARNING];
	size_t n = 0;

	for (; n < s->annotations.len && n < ANNOTATION_LINES; n++) {
		const struct annotation *a = s->annotations.ptr[n];
		AUTO_FREE char *text = words_annotation(a);
		AUTO_FREE char *colored = xasprintf(
			"\033[3%dm%s\033[0m", color_of_level(a->level), text);

		push(style, lines, 2, style->color ? colored : text);
	}
	if (all > n) {
		AUTO_FREE char *more = xasprintf("... and %zu more", all - n);

		push(style, lines, 2, more);
	}
}

static void push_errors(const struct tree_style *style, struct strv *lines,
			const struct task_view *t)
{
	for (size_t i = 0; i < t->steps.len; i++)
		if (t->steps.ptr[i]->error)
			push_error(style, lines, 1, t->steps.ptr[i]);
}

static void push_steps(const struct tree_style *style, struct strv *lines,
		       const struct task_view *t)
{
	for (size_t i = 0; i < t->steps.len; i++) {
		if (view_is_bad(t->steps.ptr[i]->status))
			push_failed_step(style, lines, t->steps.ptr[i]);
		else
			push_finished_step(style, lines, t->steps.ptr[i]);
		push_annotations(style, lines, t->steps.ptr[i]);
	}
}

/* That somebody broke it off is all there is to say about an aborted one. */
static bool has_reason(enum event_status status)
{
	return status != STATUS_SUCCEEDED && status != STATUS_ABORTED;
}

void tree_finished(const struct task_view *t, const struct tree_style *style,
		   struct strv *lines)
{
	bool bad = view_is_bad(t->status), open = bad && t->steps.len > 0;
	AUTO_FREE char *counts =
		words_annotations(view_count(t, ANNOTATION_FAILURE),
				  view_count(t, ANNOTATION_WARNING));
	char elapsed[CLOCK_TEXT];

	if (open)
		whole_seconds(t->duration_ns, elapsed);
	else
		clock_format(t->duration_ns, elapsed);
	push_node(style, lines, 0, mark_of(style, t->status),
		  color_of_status(t->status), t->title, elapsed,
		  counts ? counts : "");
	if (open)
		push_steps(style, lines, t);
	else
		push_errors(style, lines, t);
	if (t->reason && has_reason(t->status) && !view_is_told(t))
		push_lines(style, lines, 1, t->reason);
	for (size_t i = 0; i < t->notes.len; i++)
		push_lines(style, lines, 1, t->notes.v[i]);
}
