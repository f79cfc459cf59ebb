/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/lines.h"

void lines_init(struct lines *l, void (*tell)(void *, const struct event *),
		void *ctx)
{
	*l = (struct lines){.tell = tell, .ctx = ctx, .open_step = -1};
}

static struct lane *lane_new(int64_t task, int step)
{
	struct lane *lane = xcalloc(1, sizeof(*lane));

	lane->task = task;
	lane->step = step;
	return lane;
}

static void lane_free(struct lane *lane)
{
	if (!lane)
		return;
	for (size_t i = 0; i < lane->waiting.len; i++)
		event_free(lane->waiting.ptr[i]);
	event_list_clear(&lane->waiting);
	free(lane);
}

/* Output that goes on where the last event's ended costs no event of its own. */
static void lane_keep(struct lane *lane, struct event *e)
{
	struct event *last = lane->waiting.len > 0
				     ? lane->waiting.ptr[lane->waiting.len - 1]
				     : NULL;

	if (last && last->type == EVENT_OUTPUT && e->type == EVENT_OUTPUT &&
	    last->step == e->step && last->offset + last->length == e->offset) {
		last->length += e->length;
		event_free(e);
		return;
	}
	event_list_push(&lane->waiting, e);
}

static struct lane *lane_find(const struct lane_list *list, int64_t task,
			      int step)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->ptr[i]->task == task && list->ptr[i]->step == step)
			return list->ptr[i];
	return NULL;
}

static void lane_drop(struct lane_list *list, struct lane *lane)
{
	size_t i = 0;

	while (list->ptr[i] != lane)
		i++;
	lane_list_remove(list, i);
	lane_free(lane);
}

static void tell(struct lines *l, struct event *e)
{
	l->tell(l->ctx, e);
	event_free(e);
}

/* --- background scripts ---------------------------------------------------- */

static void tell_background(struct lines *l, struct lane *lane)
{
	for (size_t i = 0; i < lane->waiting.len; i++)
		l->tell(l->ctx, lane->waiting.ptr[i]);
	lane_drop(&l->background, lane);
}

/* Those that are done, where no other step's group is open; all, where the
 * task itself is done. */
static void tell_backgrounds(struct lines *l, bool all)
{
	size_t i = 0;

	while (l->open_step < 0 && i < l->background.len) {
		if (all || l->background.ptr[i]->finished)
			tell_background(l, l->background.ptr[i]);
		else
			i++;
	}
}

static bool keep_for_background(struct lines *l, struct event *e)
{
	struct lane *lane = lane_find(&l->background, e->task, e->step);

	if (e->step < 0)
		return false;
	if (e->type == EVENT_STEP_STARTED &&
	    e->step_kind == STEP_BACKGROUND_SCRIPT) {
		lane = lane_new(e->task, e->step);
		lane_list_push(&l->background, lane);
	}
	if (!lane)
		return false;
	lane->finished = e->type == EVENT_STEP_FINISHED;
	lane_keep(lane, e);
	return true;
}

/* An event of the task in front. */
static void step_forward(struct lines *l, struct event *e)
{
	enum event_type type = e->type;

	if (!keep_for_background(l, e)) {
		if (type == EVENT_STEP_STARTED)
			l->open_step = e->step;
		else if (type == EVENT_STEP_FINISHED)
			l->open_step = -1;
		if (type == EVENT_TASK_FINISHED) {
			l->open_step = -1;
			tell_backgrounds(l, true);
		}
		tell(l, e);
	}
	tell_backgrounds(l, false);
}

/* --- tasks ----------------------------------------------------------------- */

/* Tells what a task has done so far; it is not in the list any more. */
static void replay(struct lines *l, struct lane *lane)
{
	struct event_list waiting = lane->waiting;

	lane->waiting = (struct event_list){0};
	l->front = lane;
	for (size_t i = 0; i < waiting.len; i++)
		step_forward(l, waiting.ptr[i]);
	event_list_clear(&waiting);
}

static void take_out(struct lines *l, struct lane *lane)
{
	size_t i = 0;

	while (l->tasks.ptr[i] != lane)
		i++;
	lane_list_remove(&l->tasks, i);
}

static void tell_whole(struct lines *l, struct lane *lane)
{
	take_out(l, lane);
	replay(l, lane);
	lane_free(lane);
	l->front = NULL;
}

/* Whoever finished is moved behind those that finished before. */
static void finish_waiting(struct lines *l, struct lane *lane)
{
	size_t at = 0;

	lane->finished = true;
	take_out(l, lane);
	while (at < l->tasks.len && l->tasks.ptr[at]->finished)
		at++;
	lane_list_push(&l->tasks, lane);
	memmove(l->tasks.ptr + at + 1, l->tasks.ptr + at,
		(l->tasks.len - 1 - at) * sizeof(*l->tasks.ptr));
	l->tasks.ptr[at] = lane;
}

/* The foreground is free. */
static void next(struct lines *l)
{
	struct lane *lane;

	while (l->tasks.len > 0 && l->tasks.ptr[0]->finished)
		tell_whole(l, l->tasks.ptr[0]);
	if (l->tasks.len == 0 || l->whole)
		return;
	lane = l->tasks.ptr[0];
	take_out(l, lane);
	replay(l, lane);
}

static void front_event(struct lines *l, struct event *e)
{
	bool finished = e->type == EVENT_TASK_FINISHED;

	step_forward(l, e);
	if (!finished)
		return;
	lane_free(l->front);
	l->front = NULL;
	next(l);
}

static void waiting_event(struct lines *l, struct event *e)
{
	struct lane *lane = lane_find(&l->tasks, e->task, -1);
	bool finished = e->type == EVENT_TASK_FINISHED;

	if (!lane) {
		lane = lane_new(e->task, -1);
		lane_list_push(&l->tasks, lane);
	}
	if (finished && l->wanted && !l->wanted(e)) {
		event_free(e);
		lane_drop(&l->tasks, lane);
		return;
	}
	lane_keep(lane, e);
	if (!finished)
		return;
	finish_waiting(l, lane);
	if (!l->front)
		next(l);
}

void lines_event(struct lines *l, struct event *e)
{
	if (e->task < 0) {
		tell(l, e);
		return;
	}
	if (!l->front && !l->whole && e->type == EVENT_TASK_STARTED)
		l->front = lane_new(e->task, -1);
	if (l->front && l->front->task == e->task)
		front_event(l, e);
	else
		waiting_event(l, e);
}

static void clear_list(struct lane_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		lane_free(list->ptr[i]);
	lane_list_clear(list);
}

void lines_clear(struct lines *l)
{
	clear_list(&l->tasks);
	clear_list(&l->background);
	lane_free(l->front);
}
