/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/logs-wanted.h"

#include <string.h>
#include <strings.h>

static bool is_named(const char *text, const char *name, const char *other)
{
	return strcasecmp(text, name) == 0 ||
	       (other && strcasecmp(text, other) == 0);
}

/* By its name, with or without labels, with or without parentheses. */
static bool is_task(const struct task_view *t, const char *text)
{
	AUTO_FREE char *full = NULL;
	AUTO_FREE char *labels = NULL;
	size_t len = t->suffix ? strlen(t->suffix) : 0;

	if (len < 2)
		return is_named(text, t->name, NULL);
	full = xasprintf("%s %s", t->name, t->suffix);
	labels = xasprintf("%s %.*s", t->name, (int)(len - 2), t->suffix + 1);
	return is_named(text, t->name, full) || is_named(text, labels, NULL);
}

bool wanted_is(void *ctx, const struct task_view *t, const struct step_view *s)
{
	const struct wanted *w = ctx;

	if (w->task && !is_task(t, w->task))
		return false;
	if (w->step && (!s || !is_named(w->step, s->name, s->title)))
		return false;
	return !w->failed || view_is_bad(s ? s->status : t->status);
}

size_t wanted_count(const struct wanted *w, const struct view *v,
		    struct step_view **last)
{
	size_t n = 0;

	for (size_t i = 0; i < v->tasks.len; i++) {
		struct task_view *t = v->tasks.ptr[i];

		if (t->steps.len == 0)
			n += wanted_is((void *)w, t, NULL);
		for (size_t j = 0; j < t->steps.len; j++) {
			if (!wanted_is((void *)w, t, t->steps.ptr[j]))
				continue;
			*last = t->steps.ptr[j];
			n++;
		}
	}
	return n;
}

int wanted_none(const struct wanted *w, const struct view *v,
		struct error **err)
{
	struct wanted task = {.task = w->task};
	struct step_view *waste;

	if (w->task && wanted_count(&task, v, &waste) == 0)
		error_set(err, ERR_USAGE, "no task \"%s\" in run %s", w->task,
			  v->run_id);
	else if (w->failed)
		return error_set(err, ERR_USAGE, "nothing failed in run %s",
				 v->run_id);
	else if (w->step)
		error_set(err, ERR_USAGE, "no instruction \"%s\" in run %s",
			  w->step, v->run_id);
	else
		return error_set(err, ERR_USAGE, "run %s had no task",
				 v->run_id);
	return error_hint(err, "cirrus logs --list lists the runs, cirrus logs "
			       "--json what is known of one");
}
