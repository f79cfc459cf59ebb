/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/replay.h"

static struct event *put(struct queue *to, enum event_type type, int64_t task,
			 int step, int64_t at_ns)
{
	struct event *e = event_new(type, task, step);

	e->at_ns = at_ns;
	queue_put(to, e);
	return e;
}

static void put_message(struct queue *to, const struct task_view *t, int step,
			enum event_level level, const char *text,
			const char *hint)
{
	struct event *e = put(to, EVENT_MESSAGE, t->id, step, t->at_ns);

	e->level = level;
	e->text = xstrdup(text);
	e->hint = xstrdup_or_null(hint);
}

static void put_step(struct queue *to, const struct task_view *t,
		     const struct step_view *s, int number)
{
	struct event *e = put(to, EVENT_STEP_STARTED, t->id, number, s->at_ns);

	/* told one after the other, whatever went on at the same time */
	e->step_kind = s->kind == STEP_BACKGROUND_SCRIPT ? STEP_OTHER : s->kind;
	e->title =
		xstrdup(s->kind == STEP_BACKGROUND_SCRIPT ? s->title : s->name);
	e->path = xstrdup_or_null(s->path);
	if (s->note)
		put_message(to, t, number, LEVEL_INFO, s->note, NULL);
	if (s->length > 0)
		put(to, EVENT_OUTPUT, t->id, number, s->at_ns)->length =
			s->length;
	if (s->error)
		put_message(to, t, number, LEVEL_ERROR, s->error, s->hint);
	if (!s->finished)
		return;
	e = put(to, EVENT_STEP_FINISHED, t->id, number,
		s->at_ns + s->duration_ns);
	e->status = s->status;
	e->duration_ns = s->duration_ns;
	e->exit_code = s->exit_code;
	e->signal = s->signal;
}

static bool is_wanted(const struct replay *r, const struct task_view *t,
		      const struct step_view *s)
{
	return !r->wanted || r->wanted(r->ctx, t, s);
}

static bool has_wanted(const struct replay *r, const struct task_view *t)
{
	for (size_t i = 0; i < t->steps.len; i++)
		if (is_wanted(r, t, t->steps.ptr[i]))
			return true;
	return t->steps.len == 0 && is_wanted(r, t, NULL);
}

static void put_task(struct queue *to, const struct task_view *t,
		     const struct replay *r)
{
	struct event *e;
	int number = 0;

	if (!has_wanted(r, t))
		return;
	e = put(to, EVENT_TASK_STARTED, t->id, -1, t->at_ns);
	e->title = xstrdup(t->name);
	e->title_suffix = xstrdup_or_null(t->suffix);
	for (size_t i = 0; i < t->steps.len; i++)
		if (is_wanted(r, t, t->steps.ptr[i]))
			put_step(to, t, t->steps.ptr[i], number++);
	if (!t->finished)
		return;
	e = put(to, EVENT_TASK_FINISHED, t->id, -1, t->at_ns + t->duration_ns);
	e->status = t->status;
	e->duration_ns = t->duration_ns;
	e->text = xstrdup_or_null(t->reason);
}

void replay(const struct view *v, const struct replay *r, struct queue *to)
{
	for (size_t i = 0; i < v->tasks.len; i++)
		put_task(to, v->tasks.ptr[i], r);
}
