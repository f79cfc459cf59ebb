/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/view.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "report/words.h"

struct task_view *view_task(const struct view *v, int64_t id)
{
	for (size_t i = 0; i < v->tasks.len; i++)
		if (v->tasks.ptr[i]->id == id)
			return v->tasks.ptr[i];
	return NULL;
}

struct step_view *view_step(const struct view *v, int64_t task, int step)
{
	struct task_view *t = view_task(v, task);

	if (!t || step < 0 || (size_t)step >= t->steps.len)
		return NULL;
	return t->steps.ptr[step];
}

bool view_is_bad(enum event_status status)
{
	return status == STATUS_FAILED || status == STATUS_TIMED_OUT ||
	       status == STATUS_ABORTED || status == STATUS_ERROR;
}

struct step_view *view_culprit(const struct task_view *t)
{
	for (size_t i = 0; i < t->steps.len; i++)
		if (view_is_bad(t->steps.ptr[i]->status))
			return t->steps.ptr[i];
	return NULL;
}

size_t view_count(const struct task_view *t, enum annotation_level level)
{
	size_t n = 0;

	for (size_t i = 0; i < t->steps.len; i++)
		n += t->steps.ptr[i]->n_annotations[level];
	return n;
}

int view_log(struct step_view *s)
{
	if (s->log_fd < 0 && s->path)
		s->log_fd = open(s->path, O_RDONLY | O_CLOEXEC);
	return s->log_fd;
}

void view_log_close(struct step_view *s)
{
	fd_close(&s->log_fd);
}

bool view_is_told(const struct task_view *t)
{
	for (size_t i = 0; t->reason && i < t->steps.len; i++)
		if (t->steps.ptr[i]->error &&
		    strcmp(t->steps.ptr[i]->error, t->reason) == 0)
			return true;
	return false;
}

/* --- events ---------------------------------------------------------------- */

static void on_task_started(struct view *v, const struct event *e)
{
	struct task_view *t = xcalloc(1, sizeof(*t));

	t->id = e->task;
	t->name = xstrdup(e->title ? e->title : "");
	t->suffix = xstrdup_or_null(e->title_suffix);
	t->title = words_task(t->name, t->suffix);
	t->started_ns = clock_now();
	t->at_ns = e->at_ns;
	task_views_push(&v->tasks, t);
}

static void on_step_started(struct view *v, const struct event *e)
{
	struct task_view *t = view_task(v, e->task);
	struct step_view *s;

	if (!t || e->step < 0 || (size_t)e->step != t->steps.len)
		return;
	s = xcalloc(1, sizeof(*s));
	s->kind = e->step_kind;
	s->name = xstrdup(e->title ? e->title : "");
	s->title = words_step(s->kind, s->name);
	s->path = xstrdup_or_null(e->path);
	s->log_fd = -1;
	s->started_ns = clock_now();
	s->at_ns = e->at_ns;
	step_views_push(&t->steps, s);
}

static void on_output(struct view *v, const struct event *e)
{
	struct step_view *s = view_step(v, e->task, e->step);

	if (s && e->offset + e->length > s->length)
		s->length = e->offset + e->length;
}

static struct progress_item *find_item(struct step_view *s, const char *name)
{
	struct progress_item *item;

	for (size_t i = 0; i < s->n_items; i++)
		if (strcmp(s->items[i].item, name) == 0)
			return &s->items[i];
	s->items = xreallocarray(s->items, s->n_items + 1, sizeof(*item));
	item = &s->items[s->n_items++];
	*item = (struct progress_item){.item = xstrdup(name)};
	return item;
}

static void on_progress(struct view *v, const struct event *e)
{
	struct step_view *s = view_step(v, e->task, e->step);
	struct progress_item *item;

	if (!s)
		return;
	item = find_item(s, e->item ? e->item : "");
	s->done += e->done - item->done;
	s->total += e->total - item->total;
	item->done = e->done;
	item->total = e->total;
	free(s->progress_text);
	s->progress_text = xstrdup_or_null(e->text);
}

static void on_annotation(struct view *v, const struct event *e)
{
	struct step_view *s = view_step(v, e->task, e->step);

	if (!s)
		return;
	s->n_annotations[e->annotation->level]++;
	if (e->annotation->level != ANNOTATION_NOTICE &&
	    s->annotations.len < VIEW_ANNOTATIONS)
		annotation_views_push(&s->annotations,
				      annotation_copy(e->annotation));
}

static void on_step_finished(struct view *v, const struct event *e)
{
	struct step_view *s = view_step(v, e->task, e->step);

	if (!s)
		return;
	s->finished = true;
	s->status = e->status;
	s->duration_ns = e->duration_ns;
	s->exit_code = e->exit_code;
	s->signal = e->signal;
}

static void on_task_finished(struct view *v, const struct event *e)
{
	struct task_view *t = view_task(v, e->task);

	if (!t)
		return;
	t->finished = true;
	t->status = e->status;
	t->allowed = e->allowed;
	t->duration_ns = e->duration_ns;
	t->reason = xstrdup_or_null(e->text);
	task_views_push(&v->ended, t);
}

static void on_run_started(struct view *v, const struct event *e)
{
	v->run_id = xstrdup_or_null(e->text);
	v->project = xstrdup_or_null(e->title);
	v->dir = xstrdup_or_null(e->path);
	v->at_ns = e->at_ns;
	v->total = e->total;
}

static void on_run_finished(struct view *v, const struct event *e)
{
	v->finished = true;
	v->duration_ns = e->duration_ns;
	v->exit_code = e->exit_code;
}

static void on_message(struct view *v, const struct event *e)
{
	struct task_view *t = view_task(v, e->task);
	struct step_view *s = view_step(v, e->task, e->step);

	char **text = s && e->level == LEVEL_ERROR ? &s->error
		      : s                          ? &s->note
						   : NULL;

	if (!e->text || e->level == LEVEL_DEBUG)
		return;
	if (s && text == &s->error) {
		free(s->hint);
		s->hint = xstrdup_or_null(e->hint);
	}
	if (text) {
		free(*text);
		*text = xstrdup(e->text);
	} else if (t && e->level == LEVEL_INFO) {
		strv_push(&t->notes, e->text);
	}
}

void view_apply(struct view *v, const struct event *e)
{
	static void (*const on[])(struct view *, const struct event *) = {
		[EVENT_RUN_STARTED] = on_run_started,
		[EVENT_TASK_STARTED] = on_task_started,
		[EVENT_STEP_STARTED] = on_step_started,
		[EVENT_OUTPUT] = on_output,
		[EVENT_PROGRESS] = on_progress,
		[EVENT_MESSAGE] = on_message,
		[EVENT_ANNOTATION] = on_annotation,
		[EVENT_STEP_FINISHED] = on_step_finished,
		[EVENT_TASK_FINISHED] = on_task_finished,
		[EVENT_RUN_FINISHED] = on_run_finished,
	};

	on[e->type](v, e);
}

/* --- the end --------------------------------------------------------------- */

static void step_free(struct step_view *s)
{
	for (size_t i = 0; i < s->n_items; i++)
		free(s->items[i].item);
	free(s->items);
	for (size_t i = 0; i < s->annotations.len; i++)
		annotation_free(s->annotations.ptr[i]);
	annotation_views_clear(&s->annotations);
	fd_close(&s->log_fd);
	free(s->name);
	free(s->title);
	free(s->path);
	free(s->progress_text);
	free(s->note);
	free(s->error);
	free(s->hint);
	free(s);
}

static void task_free(struct task_view *t)
{
	for (size_t i = 0; i < t->steps.len; i++)
		step_free(t->steps.ptr[i]);
	step_views_clear(&t->steps);
	free(t->name);
	free(t->suffix);
	free(t->title);
	free(t->reason);
	strv_clear(&t->notes);
	free(t);
}

void view_clear(struct view *v)
{
	for (size_t i = 0; i < v->tasks.len; i++)
		task_free(v->tasks.ptr[i]);
	task_views_clear(&v->tasks);
	task_views_clear(&v->ended);
	free(v->run_id);
	free(v->project);
	free(v->dir);
	free(v->options);
	*v = (struct view){0};
}
