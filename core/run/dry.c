/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/dry.h"

#include <string.h>

#include "model/exit.h"
#include "run/pipe.h"
#include "run/task.h"

#define SAY(run, task, ...)                                            \
	tell_message(&(run)->teller, (task)->id, -1, LEVEL_INFO, NULL, \
		     __VA_ARGS__)

static void say_container(struct run *run, const struct task *t)
{
	const struct container *c = &t->instance.container;
	struct stage s = {0};

	if (t->instance.kind == INSTANCE_PREBUILT_IMAGE) {
		SAY(run, t, "image from %s", t->instance.dockerfile);
		return;
	}
	while (t->instance.kind == INSTANCE_PIPE && stage_next(t, &s))
		SAY(run, t, "container %s, %g CPU, %u MiB of memory", s.image,
		    (double)c->cpu, c->memory_mib);
	if (t->instance.kind == INSTANCE_PIPE)
		return;
	SAY(run, t, "container %s, %g CPU, %u MiB of memory", c->image,
	    (double)c->cpu, c->memory_mib);
}

static void say_needs(struct run *run, const struct planned *p)
{
	for (size_t i = 0; i < p->n_needs; i++)
		SAY(run, p->task, "after task \"%s\"",
		    run->plan.v[p->needs[i]].task->name);
}

static void say_instruction(struct run *run, const struct task *t,
			    const struct instruction *i)
{
	static const char *const kinds[] = {
		[INSTRUCTION_SCRIPT] = "script",
		[INSTRUCTION_BACKGROUND_SCRIPT] = "background script",
		[INSTRUCTION_CACHE] = "cache",
		[INSTRUCTION_UPLOAD_CACHE] = "cache upload",
		[INSTRUCTION_CLONE] = "clone",
		[INSTRUCTION_FILE] = "file",
		[INSTRUCTION_ARTIFACTS] = "artifacts",
	};
	static const char *const when[] = {
		[BEHAVIOUR_ON_SUCCESS] = "",
		[BEHAVIOUR_ON_FAILURE] = ", on failure",
		[BEHAVIOUR_ALWAYS] = ", always",
		[BEHAVIOUR_ON_TIMEOUT] = ", on timeout",
	};

	if (!instruction_is_clone(i))
		SAY(run, t, "%s \"%s\"%s", kinds[i->kind], i->name,
		    when[i->behaviour]);
}

static void say_task(struct run *run, const struct planned *p)
{
	const struct task *t = p->task;

	task_tell_started(run, t);
	if (p->verdict != PLAN_RUN) {
		task_tell_finished(run, t, STATUS_SKIPPED, 0, p->why);
		return;
	}
	say_needs(run, p);
	say_container(run, t);
	for (size_t i = 0; i < t->n_instructions; i++)
		say_instruction(run, t, &t->instructions[i]);
	task_tell_finished(run, t, STATUS_NONE, 0, NULL);
}

int dry_run(struct run *run)
{
	for (size_t i = 0; i < run->plan.len; i++)
		say_task(run, &run->plan.v[i]);
	return EXIT_OK;
}
