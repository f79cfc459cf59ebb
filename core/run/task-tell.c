/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/task.h"

void task_tell_started(struct run *run, const struct task *t)
{
	struct event *e = event_new(EVENT_TASK_STARTED, t->id, -1);

	AUTO_FREE char *suffix = task_suffix(t);

	e->title = secrets_mask(run->teller.secrets, t->name);
	if (suffix)
		e->title_suffix = secrets_mask(run->teller.secrets, suffix);
	tell(&run->teller, e);
}

void task_tell_finished(struct run *run, const struct task *t,
			enum event_status status, int64_t duration_ns,
			const char *why)
{
	struct event *e = event_new(EVENT_TASK_FINISHED, t->id, -1);

	e->status = status;
	e->allowed = t->allow_failures &&
		     (status == STATUS_FAILED || status == STATUS_TIMED_OUT);
	e->duration_ns = duration_ns;
	e->text = why ? secrets_mask(run->teller.secrets, why) : NULL;
	tell(&run->teller, e);
}
