/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/instance.h"

#include <string.h>
#include <strings.h>

struct instance *instance_new(struct draft *d, const struct node *n,
			      enum instance_kind kind)
{
	struct instance *i = &d->task->instance;

	*i = (struct instance){.kind = kind,
			       .key = n->name,
			       .at = n->at,
			       .block = (struct node *)n};
	return i;
}

bool platform_find(const char *text, enum platform *out)
{
	static const char *const names[] = {
		[PLATFORM_LINUX] = "linux",
		[PLATFORM_WINDOWS] = "windows",
		[PLATFORM_DARWIN] = "darwin",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcasecmp(names[i], text) == 0) {
			*out = (enum platform)i;
			return true;
		}
	}
	return false;
}

/* --- containers ------------------------------------------------------------------- */

int container_image(struct draft *d, const struct node *n, void *at)
{
	struct container *c = at;

	c->dockerfile = NULL;
	return field_string(d, n, &c->image);
}

int container_dockerfile(struct draft *d, const struct node *n, void *at)
{
	struct container *c = at;

	d->dockerfile_at = n->at;
	return field_string(d, n, &c->dockerfile);
}

void container_defaults(struct container *c)
{
	c->has_cpu = c->cpu != 0;
	c->has_memory = c->memory_mib != 0;
	if (!c->has_cpu)
		c->cpu = 2;
	if (!c->has_memory)
		c->memory_mib = 4096;
	if (!c->dockerfile || !*c->dockerfile)
		c->docker_arguments = (struct pairs){0};
}

static const struct field container_table[] = {
	FIELD_WHOLE("image", container_image, 0),
	FIELD_WHOLE("dockerfile", container_dockerfile, 0),
	FIELD("docker_arguments", field_pairs, struct container,
	      docker_arguments),
	FIELD("cpu", field_float, struct container, cpu),
	FIELD("memory", field_memory, struct container, memory_mib),
	FIELD_WHOLE("additional_containers", container_additional, 0),
	/* only execution looks at these, in the instance's block */
	{"kvm", field_ignored},
	{"registry_config", field_ignored},
	{"use_in_memory_disk", field_ignored},
	{"use_static_ip", field_ignored},
	{"privileged", field_ignored},
	{"greedy", field_ignored},
	{"volumes", field_ignored},
	{"platform", field_ignored},
	{"architecture", field_ignored},
	{NULL},
};

static const struct field windows_table[] = {
	FIELD_WHOLE("image", container_image, 0),
	FIELD_WHOLE("dockerfile", container_dockerfile, 0),
	FIELD("docker_arguments", field_raw_map, struct container,
	      docker_arguments),
	FIELD("os_version", field_string, struct container, os_version),
	FIELD("cpu", field_float, struct container, cpu),
	FIELD("memory", field_memory, struct container, memory_mib),
	{"use_static_ip", field_ignored},
	{"registry_config", field_ignored},
	{NULL},
};

static int container_parse(struct draft *d, const struct node *n,
			   const struct field *table, struct container c)
{
	const char *what = arena_printf(d->p->arena, "%s:", n->name);

	if (map_parse(d, n, what, table, &c) < 0)
		return -1;
	container_defaults(&c);
	if (table == windows_table && (!c.os_version || !*c.os_version))
		c.os_version = "2019";
	instance_new(d, n, INSTANCE_CONTAINER)->container = c;
	draft_set_env(d, "CIRRUS_OS",
		      c.platform == PLATFORM_WINDOWS ? "windows" : "linux");
	return 0;
}

int instance_container(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	return container_parse(d, n, container_table, (struct container){0});
}

int instance_arm_container(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	return container_parse(d, n, container_table,
			       (struct container){.architecture = ARCH_ARM64});
}

int instance_windows_container(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	return container_parse(
		d, n, windows_table,
		(struct container){.platform = PLATFORM_WINDOWS});
}

/* --- macOS ------------------------------------------------------------------------ */

/* A plain error in the reference: the number is 16 bits wide. */
static const struct field macos_table[] = {
	FIELD("image", field_string, struct vm, image),
	FIELD("user", field_string, struct vm, user),
	FIELD("password", field_string, struct vm, password),
	FIELD("cpu", field_u16, struct vm, cpu),
	FIELD("memory", field_memory, struct vm, memory_mib),
	{NULL},
};

int instance_macos(struct draft *d, const struct node *n, void *at)
{
	struct vm vm = {.user = "admin",
			.password = "admin",
			.cpu = 4,
			.memory_mib = 8192};

	(void)at;
	if (map_parse(d, n, "macos_instance:", macos_table, &vm) < 0)
		return -1;
	instance_new(d, n, INSTANCE_MACOS)->vm = vm;
	draft_set_env(d, "CIRRUS_OS", "darwin");
	return 0;
}

void instance_other(struct draft *d, const struct node *n)
{
	instance_new(d, n, INSTANCE_OTHER);
}
