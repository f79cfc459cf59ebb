/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/place-create.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "run/given.h"
#include "run/platform.h"
#include "run/sidecars.h"
#include "run/wants.h"

static bool can(const struct place *p, unsigned int capability)
{
	return conn_can(p->scope->run->conn, capability);
}

bool place_attaches(const struct place *p)
{
	return !p->each && can(p, CIRRUS_CAP_START_STDIO) &&
	       (can(p, CIRRUS_CAP_COPY_STOPPED) ||
		can(p, CIRRUS_CAP_COPY_RUNNING));
}

bool place_starts_empty(const struct place *p)
{
	return place_attaches(p) && can(p, CIRRUS_CAP_COPY_RUNNING);
}

static int64_t at_most(int64_t wanted, int64_t most)
{
	return most > 0 && wanted > most ? most : wanted;
}

int64_t place_memory(const struct place *p)
{
	const struct run *run = p->scope->run;
	int64_t wanted = run->o->memory_override_bytes;

	return at_most(wanted ? wanted
			      : (int64_t)p->container->memory_mib << 20,
		       conn_system_info(run->conn)->memory_bytes);
}

int64_t place_memory_limit(const struct place *p)
{
	return can(p, CIRRUS_CAP_MEMORY_LIMIT) ? place_memory(p) : 0;
}

static void set_limits(const struct place *p, struct cirrus_instance_spec *spec)
{
	const struct container *c = p->container;
	const struct run_options *o = p->scope->run->o;
	const struct cirrus_system_info *info =
		conn_system_info(p->scope->run->conn);

	if (can(p, CIRRUS_CAP_CPU_LIMIT))
		spec->nano_cpus = at_most(
			o->cpu_override_nano ? o->cpu_override_nano
					     : (int64_t)((double)c->cpu * 1e9),
			info->cpus * INT64_C(1000000000));
	if (can(p, CIRRUS_CAP_MEMORY_LIMIT))
		spec->memory_bytes = place_memory(p);
}

static void enlist(struct place *p)
{
	struct run *run = p->scope->run;
	struct call_options o = {.deadline_ns = clock_after_ms(CLEAN_MS),
				 .scope = p->scope};

	if (member_info(p->member, &o, &p->info, NULL) != CIRRUS_OK)
		p->info.remove[0] = '\0';
	pthread_mutex_lock(&run->lock);
	p->next = run->places;
	run->places = p;
	pthread_mutex_unlock(&run->lock);
}

/* All members in one call, so that an engine that starts them all at once has
 * them all. */
static int create_members(struct place *p, struct cirrus_group_spec *group,
			  const struct cirrus_instance_spec *main,
			  struct error **err)
{
	size_t n = sidecars_count(p->sidecars) + 1;
	AUTO_FREE const struct cirrus_instance_spec **specs =
		xcalloc(n, sizeof(*specs));
	AUTO_FREE struct member **members = xcalloc(n, sizeof(*members));
	struct call_options o = {.cancel_fd = p->scope->run->o->cancel_fd,
				 .deadline_ns = clock_after_ms(START_MS),
				 .scope = p->scope};

	specs[0] = main;
	for (size_t i = 1; i < n; i++)
		specs[i] = sidecars_spec(p->sidecars, i - 1);
	group->members = specs;
	group->n_members = n;
	if (conn_create(p->scope->run->conn, &o, group, members, err) !=
	    CIRRUS_OK)
		return -1;
	p->member = members[0];
	sidecars_adopt(p->sidecars, members + 1);
	return 0;
}

static int create_group(struct place *p,
			const struct cirrus_instance_spec *main,
			struct error **err)
{
	struct run *run = p->scope->run;
	const struct cirrus_kv notes[] = {{"task", p->task->name}};
	AUTO_GIVEN struct given given;
	AUTO_FREE char *why UNUSED = NULL;
	char name[64];
	struct cirrus_group_spec group = {.struct_size = sizeof(group),
					  .kind = "container",
					  .name = name,
					  .labels = run->owner.labels,
					  .n_labels = OWNER_LABELS,
					  .notes = notes,
					  .n_notes = 1};

	/* what is wrong in it has skipped the task */
	why = given_read(run, p->task, &given);
	group.options = given.kv;
	group.n_options = given.len;
	if (p->expose)
		group.flags |= CIRRUS_GROUP_EXPOSE;
	snprintf(name, sizeof(name), "cirrus-%s-%lld%s", run->id,
		 (long long)p->task->id, p->suffix ? p->suffix : "");
	if (create_members(p, &group, main, err) < 0)
		return -1;
	enlist(p);
	return 0;
}

/* What the container's block asks for beyond the ordinary; the list of mounts, for
 * free(), begins with the working directory's. */
static const struct cirrus_mount **add_wants(
	const struct place *p, const struct cirrus_mount *work,
	const struct cirrus_device *const *kvm,
	struct cirrus_instance_spec *main)
{
	const struct wants *w = p->wants;
	const struct cirrus_mount **mounts =
		xcalloc((w ? w->n_mounts : 0) + 2, sizeof(*mounts));

	if (work)
		mounts[main->n_mounts++] = work;
	for (size_t i = 0; w && i < w->n_mounts; i++)
		mounts[main->n_mounts++] = &w->mounts[i];
	main->mounts = mounts;
	if (w && w->privileged)
		main->flags |= CIRRUS_INSTANCE_PRIVILEGED;
	if (w && w->kvm) {
		main->devices = kvm;
		main->n_devices = 1;
	}
	return mounts;
}

int place_create(struct place *p, struct error **err)
{
	struct run *run = p->scope->run;
	static const uint32_t pull_policies[] = {
		[PULL_MISSING] = CIRRUS_PULL_MISSING,
		[PULL_ALWAYS] = CIRRUS_PULL_ALWAYS,
		[PULL_NEVER] = CIRRUS_PULL_NEVER};
	static const char *const shell[] = {"/bin/sh", NULL};
	const char *const driver[] = {PLACE_BASE "/driver", PLACE_BASE,
				      p->working_dir, "", NULL};
	const char *const waiting[] = {
		"-c",       SESSION_WAITS,  PLACE_BASE "/driver",
		PLACE_BASE, p->working_dir, "",
		NULL};
	struct cirrus_mount project = {.struct_size = sizeof(project),
				       .type = CIRRUS_MOUNT_BIND,
				       .flags = CIRRUS_MOUNT_RELABEL,
				       .source = run->o->project_dir,
				       .target = p->working_dir};
	struct cirrus_mount volume = {.struct_size = sizeof(volume),
				      .type = CIRRUS_MOUNT_VOLUME,
				      .flags = p->shared ? CIRRUS_MOUNT_COW : 0,
				      .source = p->volume,
				      .target = p->working_dir};
	const struct cirrus_mount *work = run->o->dirty ? &project
					  : p->volume   ? &volume
							: NULL;
	const struct cirrus_device kvm = {
		.struct_size = sizeof(kvm), .count = 1, .name = "/dev/kvm"};
	const struct cirrus_device *const devices[] = {&kvm};
	AUTO_FREE const struct cirrus_mount **mounts = NULL;
	struct platform_spec platform;
	struct cirrus_instance_spec main = {
		.struct_size = sizeof(main),
		.name = "main",
		.image = p->container->image,
		.platform = platform_spec(&platform, run->conn, p->container),
		.workdir = "/",
		.pull_policy = pull_policies[run->o->pull]};

	if (place_attaches(p)) {
		main.entrypoint = shell;
		main.command = place_starts_empty(p) ? waiting : driver;
		/* its output goes into our own log files */
		if (can(p, CIRRUS_CAP_UNLOGGED))
			main.flags |= CIRRUS_INSTANCE_UNLOGGED;
	} else {
		main.flags |= CIRRUS_INSTANCE_IDLE;
	}
	mounts = add_wants(p, work, devices, &main);
	set_limits(p, &main);
	return create_group(p, &main, err);
}
