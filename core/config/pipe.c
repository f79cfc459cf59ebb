/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/pipe.h"

#include "config/instance.h"
#include "config/instructions.h"

static void begin(struct draft *d, enum instance_kind kind)
{
	instance_new(d, d->node, kind);
	draft_set_env(d, "CIRRUS_OS", "linux");
}

void pipe_begin(struct draft *d)
{
	begin(d, INSTANCE_PIPE);
	container_defaults(&d->task->instance.container);
}

struct resources {
	float cpu;
	uint32_t memory_mib;
};

static const struct field resources_table[] = {
	FIELD("cpu", field_float, struct resources, cpu),
	FIELD("memory", field_memory, struct resources, memory_mib),
	{NULL},
};

int pipe_resources(struct draft *d, const struct node *n, void *at)
{
	struct container *c = &d->task->instance.container;
	struct resources r = {0};

	(void)at;
	if (map_parse(d, n, "resources:", resources_table, &r) < 0)
		return -1;
	c->cpu = r.cpu;
	c->memory_mib = r.memory_mib;
	container_defaults(c);
	return 0;
}

struct step {
	const char *image;
};

static int step_image(struct draft *d, const struct node *n, void *at)
{
	struct step *s = at;

	return field_string(d, n, &s->image);
}

/* No background scripts here: `x_background_script` is a script of that name. */
static const struct field step_table[] = {
	FIELD_WHOLE("image", step_image, FIELD_REQUIRED),
	INSTRUCTION_FIELDS,
	INSTRUCTION_BEHAVIOURS,
	{NULL},
};

static int parse_step(struct draft *d, const struct node *n)
{
	struct step s = {0};
	size_t before = d->instructions.len;

	if (map_parse(d, n, "a step of a pipe", step_table, &s) < 0)
		return -1;
	if (d->instructions.len == before)
		return fail(d->p, n,
			    "pipe steps defined without scripts inside them");
	d->instructions.ptr[before].step_image = s.image;
	return 0;
}

int pipe_steps(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	if (n->kind != NODE_LIST)
		return fail(d->p, n, "steps should be a list");
	for (size_t i = 0; i < n->n_children; i++)
		if (parse_step(d, n->children[i]) < 0)
			return -1;
	return 0;
}

/* --- docker_builder --------------------------------------------------------------- */

void builder_begin(struct draft *d)
{
	begin(d, INSTANCE_DOCKER_BUILDER);
}

int builder_platform(struct draft *d, const struct node *n, void *at)
{
	const char *text;

	(void)at;
	if (field_string(d, n, &text) < 0)
		return -1;
	if (!platform_find(text, &d->task->instance.platform)) {
		fail(d->p, n, "unknown platform name: \"%s\"", text);
		return fail_hint(d->p, "known are linux, windows and darwin");
	}
	draft_set_env(d, "CIRRUS_OS", text);
	return 0;
}

int builder_os_version(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	return field_string(d, n, &d->task->instance.os_version);
}
