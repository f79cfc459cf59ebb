/* SPDX-License-Identifier: MIT */
/* `-o interactive` and `-o noemoji`: what runs stays in sight at the end of the
 * terminal, what is over scrolls away above it. */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "report/format.h"
#include "report/resize.h"
#include "report/screen.h"
#include "report/tree.h"

/* At most fifteen frames a second; the spinner alone needs fewer. */
#define FRAME_NS   (NS_PER_S / 15)
#define SPINNER_NS (NS_PER_S / 8)

struct interactive {
	struct tree_style style;
	struct screen screen;
	int64_t drawn_ns; /* when the last frame was */
	bool changed;     /* since then */
	bool resized;     /* the terminal, since then */
};

static void start(struct report *r, const struct tree_style *style)
{
	struct interactive *s = xcalloc(1, sizeof(*s));

	s->style = *style;
	s->style.color = r->color;
	screen_start(&s->screen, &r->out);
	if (s->screen.active)
		resize_start(r->o.events);
	r->state = s;
}

static void interactive_start(struct report *r)
{
	start(r, &tree_emoji);
}

static void noemoji_start(struct report *r)
{
	start(r, &tree_ascii);
}

static void draw(struct report *r)
{
	struct interactive *s = r->state;
	AUTO_STRV struct strv lines = {0};
	int64_t now = clock_now();

	s->style.columns = s->screen.columns;
	if (!r->o.quiet)
		tree_running(&r->view, &s->style, now,
			     (size_t)(s->screen.rows - 1), &lines);
	screen_draw(&s->screen, &lines);
	s->drawn_ns = now;
	s->changed = s->resized = false;
}

static void notice_resize(struct interactive *s)
{
	if (resize_taken() && screen_measure(&s->screen))
		s->resized = true;
}

/* Soon enough for the eye; at once where what is there does not fit any more. */
static void draw_if_due(struct report *r, int64_t every_ns)
{
	struct interactive *s = r->state;

	notice_resize(s);
	if (s->resized || clock_now() - s->drawn_ns >= every_ns)
		draw(r);
}

/* --- what is printed for good ---------------------------------------------- */

static void print_finished(struct report *r, const struct event *e)
{
	struct interactive *s = r->state;
	const struct task_view *t = view_task(&r->view, e->task);
	AUTO_STRV struct strv lines = {0};

	if (!t || (r->o.quiet && !view_is_bad(t->status)))
		return;
	s->style.columns = 0; /* whole lines: they may be looked at for long */
	tree_finished(t, &s->style, &lines);
	for (size_t i = 0; i < lines.len; i++)
		screen_print(&s->screen, lines.v[i]);
}

static void print_message(struct report *r, const struct event *e)
{
	struct interactive *s = r->state;
	const struct task_view *t = view_task(&r->view, e->task);
	enum color color = e->level == LEVEL_ERROR ? COLOR_RED : COLOR_YELLOW;
	AUTO_FREE char *line = NULL;
	AUTO_FREE char *hint = NULL;

	line = xasprintf("%s%s%s", t ? t->title : "", t ? ": " : "", e->text);
	if (s->style.color && e->level <= LEVEL_WARNING) {
		AUTO_FREE char *plain = STEAL_PTR(line);

		line = xasprintf("\033[3%dm%s\033[0m", color, plain);
	}
	screen_print(&s->screen, line);
	if (!e->hint)
		return;
	hint = xasprintf("hint: %s", e->hint);
	screen_print(&s->screen, hint);
}

/* Warnings are told at once, and so is what concerns no task; the rest, the
 * error that ended a step too, is told with its task, by the tree. */
static bool is_printed(const struct report *r, const struct event *e)
{
	if (!e->text || (e->level == LEVEL_DEBUG && !r->o.verbose))
		return false;
	if (e->level == LEVEL_ERROR)
		return e->step < 0;
	if (e->level != LEVEL_INFO)
		return true;
	return e->task < 0 && !r->o.quiet;
}

/* --- the format ------------------------------------------------------------ */

static void interactive_event(struct report *r, struct event *e)
{
	struct interactive *s = r->state;

	notice_resize(s);
	if (e->type == EVENT_TASK_FINISHED)
		print_finished(r, e);
	else if (e->type == EVENT_MESSAGE && is_printed(r, e))
		print_message(r, e);
	event_free(e);
	s->changed = true;
	draw_if_due(r, FRAME_NS);
}

static int64_t interactive_idle(struct report *r)
{
	struct interactive *s = r->state;

	draw_if_due(r, s->changed ? FRAME_NS : SPINNER_NS);
	if (s->changed)
		return s->drawn_ns + FRAME_NS;
	if (r->view.tasks.len == r->view.ended.len)
		return 0;
	return s->drawn_ns + SPINNER_NS;
}

static void interactive_end(struct report *r)
{
	struct interactive *s = r->state;

	resize_stop();
	screen_end(&s->screen);
	strv_clear(&s->screen.live);
	free(s);
	r->state = NULL;
	summary_print(r);
}

static void interactive_pause(struct report *r)
{
	struct interactive *s = r->state;

	screen_end(&s->screen);
}

static void interactive_resume(struct report *r)
{
	struct interactive *s = r->state;

	screen_start(&s->screen, &r->out);
	s->changed = true;
}

const struct format format_interactive = {
	"interactive",   interactive_start, interactive_event, interactive_idle,
	interactive_end, interactive_pause, interactive_resume};
const struct format format_noemoji = {
	"noemoji",       noemoji_start,     interactive_event, interactive_idle,
	interactive_end, interactive_pause, interactive_resume};
