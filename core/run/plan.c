/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/plan.h"

#include <stdlib.h>
#include <string.h>

#include "model/exit.h"
#include "run/selection.h"

/* What each kind of instance lacks; NULL: nothing. */
static const char *const lacking[] = {
	[INSTANCE_NONE] = "it names no instance to run on",
	[INSTANCE_CONTAINER] = NULL,
	[INSTANCE_PIPE] = NULL,
	[INSTANCE_PREBUILT_IMAGE] = NULL,
	[INSTANCE_PERSISTENT_WORKER] =
		"\"persistent_worker\" is implemented for containers only",
	[INSTANCE_MACOS] = "no backend here provides macOS machines",
	[INSTANCE_DOCKER_BUILDER] = "\"docker_builder\" is not implemented yet",
};

char *plan_instance_unsupported(const struct task *t)
{
	const struct instance *i = &t->instance;

	if (i->kind == INSTANCE_OTHER)
		return xasprintf("unsupported instance type: no backend here "
				 "provides \"%s\"",
				 i->key);
	if (lacking[i->kind] && !(i->kind == INSTANCE_PERSISTENT_WORKER &&
				  i->isolation == ISOLATION_CONTAINER))
		return xasprintf("unsupported instance type: %s",
				 lacking[i->kind]);
	if (i->container.platform == PLATFORM_WINDOWS)
		return xstrdup("unsupported instance type: Windows containers "
			       "need a Windows machine");
	if (i->kind == INSTANCE_PREBUILT_IMAGE || i->kind == INSTANCE_PIPE)
		return NULL;
	if (!i->container.image || !*i->container.image)
		return xstrdup("unsupported instance type: the container has "
			       "no image");
	return NULL;
}

static struct planned *find(struct plan *p, int64_t id)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->v[i].task->id == id)
			return &p->v[i];
	return NULL;
}

static void judge(struct planned *p, bool named, plan_supports *supports,
		  void *ctx)
{
	if (p->task->skipped) {
		p->verdict = PLAN_LEFT_OUT;
		p->why = xstrdup("the configuration says `skip`");
	} else if (p->task->manual && !named) {
		p->verdict = PLAN_WAITS;
		p->why = xstrdup("manual: runs when it is named");
	} else {
		p->why = plan_instance_unsupported(p->task);
		if (!p->why && supports)
			p->why = supports(ctx, p->task);
		if (p->why)
			p->verdict = PLAN_UNSUPPORTED;
	}
}

/* Tasks that were not selected, or that `only_if` dropped, hold nobody up. */
static void link_needs(struct plan *plan, struct planned *p)
{
	p->needs = xcalloc(p->task->n_required + 1, sizeof(*p->needs));
	for (size_t i = 0; i < p->task->n_required; i++) {
		struct planned *need = find(plan, p->task->required[i]);

		if (need)
			p->needs[p->n_needs++] = (size_t)(need - plan->v);
	}
}

/* Who needs a task that waits for a person waits with it.  Requirements may
 * point forward, hence until nothing changes. */
static void spread_waiting(struct plan *plan)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < plan->len; i++) {
			struct planned *p = &plan->v[i];

			for (size_t j = 0;
			     p->verdict == PLAN_RUN && j < p->n_needs; j++) {
				struct planned *n = &plan->v[p->needs[j]];

				if (n->verdict != PLAN_WAITS)
					continue;
				p->verdict = PLAN_WAITS;
				p->why = xasprintf("needs task \"%s\", which "
						   "is manual",
						   n->task->name);
				changed = true;
			}
		}
	}
}

static void count(struct plan *p)
{
	p->n_run = p->n_unsupported = 0;
	for (size_t i = 0; i < p->len; i++) {
		p->n_run += p->v[i].verdict == PLAN_RUN;
		p->n_unsupported += p->v[i].verdict == PLAN_UNSUPPORTED;
	}
}

void plan_review(struct plan *p, plan_supports *supports, void *ctx)
{
	for (size_t i = 0; i < p->len; i++) {
		if (p->v[i].verdict != PLAN_RUN)
			continue;
		p->v[i].why = supports(ctx, p->v[i].task);
		if (p->v[i].why)
			p->v[i].verdict = PLAN_UNSUPPORTED;
	}
	count(p);
}

int plan_make(const struct tasks *tasks, const struct selection *selection,
	      plan_supports *supports, void *ctx, struct plan *out,
	      struct error **err)
{
	AUTO_FREE bool *chosen = xcalloc(tasks->len + 1, sizeof(*chosen));
	AUTO_FREE bool *named = xcalloc(tasks->len + 1, sizeof(*named));

	*out = (struct plan){0};
	if (selection_choose(selection, tasks, chosen, named, err) < 0)
		return -1;
	out->v = xcalloc(tasks->len + 1, sizeof(*out->v));
	for (size_t i = 0; i < tasks->len; i++)
		if (!tasks->v[i]->filtered && chosen[i])
			out->v[out->len++].task = tasks->v[i];
	for (size_t i = 0; i < out->len; i++) {
		judge(&out->v[i], named[out->v[i].task->id], supports, ctx);
		link_needs(out, &out->v[i]);
	}
	spread_waiting(out);
	count(out);
	return 0;
}

void plan_clear(struct plan *p)
{
	for (size_t i = 0; p->v && i < p->len; i++) {
		free(p->v[i].why);
		free(p->v[i].needs);
	}
	free(p->v);
	*p = (struct plan){0};
}

/* What one task's end means for the exit status. */
static int exit_of_task(const struct planned *p, enum event_status s)
{
	static const int of[] = {
		[STATUS_NONE] = EXIT_DEFECT,
		[STATUS_SUCCEEDED] = EXIT_OK,
		[STATUS_FAILED] = EXIT_TASK_FAILED,
		[STATUS_TIMED_OUT] = EXIT_TASK_FAILED,
		[STATUS_SKIPPED] = EXIT_TASK_FAILED, /* a dependency failed */
		[STATUS_ABORTED] = EXIT_INTERRUPTED,
		[STATUS_ERROR] = EXIT_BACKEND,
	};

	if (p->verdict != PLAN_RUN)
		return EXIT_OK;
	if (p->task->allow_failures && of[s] == EXIT_TASK_FAILED)
		return EXIT_OK;
	return of[s];
}

int plan_exit_status(const struct plan *plan, const enum event_status *status,
		     bool cancelled, bool strict)
{
	int exit = cancelled ? EXIT_INTERRUPTED : EXIT_OK;

	for (size_t i = 0; i < plan->len; i++)
		exit = exit_worse(exit, exit_of_task(&plan->v[i], status[i]));
	if (plan->n_unsupported > 0 && (strict || plan->n_run == 0))
		exit = exit_worse(exit, EXIT_BACKEND);
	return exit;
}
