/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/tell.h"

#include <stdlib.h>
#include <string.h>

void tell(const struct teller *t, struct event *e)
{
	queue_put(t->events, e);
}

void tell_message(const struct teller *t, int64_t task, int step,
		  enum event_level level, const char *hint, const char *fmt,
		  ...)
{
	struct event *e = event_new(EVENT_MESSAGE, task, step);
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	e->level = level;
	e->text = secrets_mask(t->secrets, text);
	e->hint = hint ? secrets_mask(t->secrets, hint) : NULL;
	tell(t, e);
}

void tell_error(const struct teller *t, int64_t task, int step,
		const struct error *err)
{
	tell_message(t, task, step, LEVEL_ERROR, err->hint, "%s", err->msg);
}

static bool same_place(const struct event *a, const struct event *b)
{
	return a->type == b->type && a->task == b->task && a->step == b->step;
}

static bool join_output(void *elem, void *arg)
{
	struct event *waiting = elem;
	const struct event *e = arg;

	if (!same_place(waiting, e) ||
	    waiting->offset + waiting->length != e->offset)
		return false;
	waiting->length += e->length;
	return true;
}

void tell_output(const struct teller *t, int64_t task, int step, int64_t offset,
		 int64_t length)
{
	struct event *e = event_new(EVENT_OUTPUT, task, step);

	e->offset = offset;
	e->length = length;
	if (queue_amend(t->events, join_output, e))
		event_free(e);
	else
		tell(t, e);
}

static bool join_progress(void *elem, void *arg)
{
	struct event *waiting = elem, *e = arg;

	if (!same_place(waiting, e) || strcmp(waiting->item, e->item) != 0)
		return false;
	waiting->done = e->done;
	waiting->total = e->total;
	free(waiting->text);
	waiting->text = STEAL_PTR(e->text);
	return true;
}

void tell_progress(const struct teller *t, int64_t task, int step,
		   const char *item, const char *what, int64_t done,
		   int64_t total)
{
	struct event *e = event_new(EVENT_PROGRESS, task, step);

	e->item = secrets_mask(t->secrets, item ? item : "");
	e->text = secrets_mask(t->secrets, what ? what : "");
	e->done = done;
	e->total = total;
	if (queue_amend(t->events, join_progress, e))
		event_free(e);
	else
		tell(t, e);
}
