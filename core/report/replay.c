/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/replay.h"

#include <stdlib.h>
#include <string.h>

/* Whole before it is put: from then on it is the reader's. */
static struct event *event_at(enum event_type type, int64_t task, int step,
			      int64_t at_ns)
{
	struct event *e = event_new(type, task, step);

	e->at_ns = at_ns;
	return e;
}

/* A message about the step, unless it was the last that was told. */
static void put_message(struct queue *to, int64_t task, int64_t at_ns,
			const struct replayed_step *told, char **last,
			enum event_level level, const char *text,
			const char *hint)
{
	struct event *e;

	if (!text || (*last && strcmp(*last, text) == 0))
		return;
	e = event_at(EVENT_MESSAGE, task, told->number, at_ns);
	e->level = level;
	e->text = xstrdup(text);
	e->hint = xstrdup_or_null(hint);
	queue_put(to, e);
	free(*last);
	*last = xstrdup(text);
}

static void put_step_started(struct queue *to, const struct task_view *t,
			     const struct step_view *s, int number, bool live)
{
	struct event *e = event_at(EVENT_STEP_STARTED, t->id, number, s->at_ns);
	bool apart = s->kind == STEP_BACKGROUND_SCRIPT && !live;

	e->step_kind = apart ? STEP_OTHER : s->kind;
	e->title = xstrdup(apart ? s->title : s->name);
	e->path = xstrdup_or_null(s->path);
	queue_put(to, e);
}

static void put_step_finished(struct queue *to, const struct task_view *t,
			      const struct step_view *s, int number)
{
	struct event *e = event_at(EVENT_STEP_FINISHED, t->id, number,
				   s->at_ns + s->duration_ns);

	e->status = s->status;
	e->duration_ns = s->duration_ns;
	e->exit_code = s->exit_code;
	e->signal = s->signal;
	queue_put(to, e);
}

static void put_output(struct queue *to, const struct task_view *t,
		       const struct step_view *s, struct replayed_step *told)
{
	struct event *e;

	if (s->length <= told->bytes)
		return;
	e = event_at(EVENT_OUTPUT, t->id, told->number, s->at_ns);
	e->offset = told->bytes;
	e->length = s->length - told->bytes;
	told->bytes = s->length;
	queue_put(to, e);
}

static void put_annotations(struct queue *to, const struct task_view *t,
			    const struct step_view *s,
			    struct replayed_step *told)
{
	for (; told->n_annotations < s->annotations.len;
	     told->n_annotations++) {
		struct event *e = event_at(EVENT_ANNOTATION, t->id,
					   told->number, s->at_ns);

		e->annotation = annotation_copy(
			s->annotations.ptr[told->n_annotations]);
		queue_put(to, e);
	}
}

static void put_step(struct replay *r, struct queue *to,
		     const struct task_view *t, const struct step_view *s,
		     struct replayed_task *of, struct replayed_step *told)
{
	if (told->ended)
		return;
	if (!told->begun) {
		told->number = of->n_steps++;
		put_step_started(to, t, s, told->number, r->live);
	}
	told->begun = true;
	put_message(to, t->id, s->at_ns, told, &told->note, LEVEL_INFO, s->note,
		    NULL);
	put_output(to, t, s, told);
	put_annotations(to, t, s, told);
	put_message(to, t->id, s->at_ns, told, &told->error, LEVEL_ERROR,
		    s->error, s->hint);
	told->ended = s->finished;
	if (s->finished)
		put_step_finished(to, t, s, told->number);
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

static void put_task_started(struct queue *to, const struct task_view *t)
{
	struct event *e = event_at(EVENT_TASK_STARTED, t->id, -1, t->at_ns);

	e->title = xstrdup(t->name);
	e->title_suffix = xstrdup_or_null(t->suffix);
	queue_put(to, e);
}

static void put_task_finished(struct queue *to, const struct task_view *t)
{
	struct event *e = event_at(EVENT_TASK_FINISHED, t->id, -1,
				   t->at_ns + t->duration_ns);

	e->status = t->status;
	e->allowed = t->allowed;
	e->duration_ns = t->duration_ns;
	e->text = xstrdup_or_null(t->reason);
	queue_put(to, e);
}

static void put_task(struct replay *r, struct queue *to,
		     const struct task_view *t, struct replayed_task *told)
{
	if (told->ended || !has_wanted(r, t))
		return;
	if (!told->begun)
		put_task_started(to, t);
	told->begun = true;
	while (told->steps.len < t->steps.len)
		replayed_steps_push(&told->steps, (struct replayed_step){0});
	for (size_t i = 0; i < t->steps.len; i++)
		if (is_wanted(r, t, t->steps.ptr[i]))
			put_step(r, to, t, t->steps.ptr[i], told,
				 &told->steps.ptr[i]);
	told->ended = t->finished;
	if (t->finished)
		put_task_finished(to, t);
}

void replay(struct replay *r, const struct view *v, struct queue *to)
{
	while (r->told.len < v->tasks.len)
		replayed_tasks_push(&r->told, (struct replayed_task){0});
	for (size_t i = 0; i < v->tasks.len; i++)
		put_task(r, to, v->tasks.ptr[i], &r->told.ptr[i]);
}

void replay_clear(struct replay *r)
{
	for (size_t i = 0; i < r->told.len; i++) {
		struct replayed_steps *steps = &r->told.ptr[i].steps;

		for (size_t j = 0; j < steps->len; j++) {
			free(steps->ptr[j].note);
			free(steps->ptr[j].error);
		}
		replayed_steps_clear(steps);
	}
	replayed_tasks_clear(&r->told);
}
