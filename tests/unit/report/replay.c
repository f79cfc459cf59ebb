/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/replay.h"

#include "base/buf.h"

#include "tap.h"

static struct view v;
static struct queue *events;

static struct event *apply(struct event *e)
{
	view_apply(&v, e);
	return e;
}

static void started(int64_t task, int step, const char *title,
		    enum step_kind kind)
{
	struct event *e = event_new(
		step < 0 ? EVENT_TASK_STARTED : EVENT_STEP_STARTED, task, step);

	e->title = xstrdup(title);
	e->step_kind = kind;
	event_free(apply(e));
}

static void finished(int64_t task, int step)
{
	event_free(apply(
		event_new(step < 0 ? EVENT_TASK_FINISHED : EVENT_STEP_FINISHED,
			  task, step)));
}

static void output(int64_t task, int step, int64_t offset, int64_t length)
{
	struct event *e = event_new(EVENT_OUTPUT, task, step);

	e->offset = offset;
	e->length = length;
	event_free(apply(e));
}

static void message(int64_t task, int step, const char *text)
{
	struct event *e = event_new(EVENT_MESSAGE, task, step);

	e->level = LEVEL_INFO;
	e->text = xstrdup(text);
	event_free(apply(e));
}

/* What is new, an event a word: its type, step and what it tells. */
static const char *told(struct replay *r)
{
	static const char *const names[] = {
		[EVENT_TASK_STARTED] = "task", [EVENT_STEP_STARTED] = "step",
		[EVENT_OUTPUT] = "out",        [EVENT_MESSAGE] = "message",
		[EVENT_STEP_FINISHED] = "end", [EVENT_TASK_FINISHED] = "over",
	};
	static struct buf b = BUF_INIT(BUF_LINE);
	struct event *e;

	buf_reset(&b);
	events = queue_new();
	replay(r, &v, events);
	queue_close(events);
	while ((e = queue_take(events, 0))) {
		buf_addf(&b, "%s%s%d", b.len > 0 ? " " : "", names[e->type],
			 e->step);
		if (e->type == EVENT_OUTPUT)
			buf_addf(&b, ":%d+%d", (int)e->offset, (int)e->length);
		else if (e->type == EVENT_MESSAGE)
			buf_addf(&b, ":%s", e->text);
		else if (e->type == EVENT_STEP_STARTED)
			buf_addf(&b, ":%s", e->title);
		event_free(e);
	}
	queue_free(events);
	return b.data;
}

TEST(tells_what_is_new)
{
	struct replay r = {.live = true};

	ok_str(told(&r), "");
	started(7, -1, "t", STEP_OTHER);
	ok_str(told(&r), "task-1");
	started(7, 0, "a", STEP_SCRIPT);
	output(7, 0, 0, 5);
	ok_str(told(&r), "step0:a out0:0+5");
	ok_str(told(&r), "");
	message(7, 0, "slow");
	output(7, 0, 5, 3);
	ok_str(told(&r), "message0:slow out0:5+3");
	finished(7, 0);
	started(7, 1, "b", STEP_BACKGROUND_SCRIPT);
	ok_str(told(&r), "end0 step1:b");
	finished(7, 1);
	finished(7, -1);
	ok_str(told(&r), "end1 over-1");
	ok_str(told(&r), "");
	replay_clear(&r);
	view_clear(&v);
}

TEST(tells_all_at_once_of_a_run_that_is_over)
{
	struct replay r = {0};

	started(0, -1, "t", STEP_OTHER);
	started(0, 0, "server", STEP_BACKGROUND_SCRIPT);
	started(0, 1, "a", STEP_SCRIPT);
	output(0, 1, 0, 9);
	finished(0, 1);
	finished(0, 0);
	finished(0, -1);
	ok_str(told(&r), "task-1 step0:'server' background script end0 "
			 "step1:a out1:0+9 end1 over-1");
	replay_clear(&r);
	view_clear(&v);
}

static bool is_finished(void *ctx UNUSED, const struct task_view *t UNUSED,
			const struct step_view *s)
{
	return s && s->finished;
}

TEST(tells_what_comes_to_be_wanted)
{
	struct replay r = {.live = true, .wanted = is_finished};

	started(0, -1, "t", STEP_OTHER);
	started(0, 0, "a", STEP_SCRIPT);
	started(0, 1, "b", STEP_SCRIPT);
	ok_str(told(&r), "");
	finished(0, 1);
	ok_str(told(&r), "task-1 step0:b end0");
	finished(0, -1);
	ok_str(told(&r), "over-1");
	replay_clear(&r);
	view_clear(&v);
}

TAP_MAIN()
