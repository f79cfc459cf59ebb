/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/support.h"

#include <unistd.h>

#include "backend/backend.h"
#include "run/context.h"
#include "run/given.h"
#include "run/platform.h"
#include "run/prebuild.h"
#include "run/wants.h"

struct asked {
	bool yes;
	unsigned int capability;
	const char *what; /* as the file names it */
};

static bool any_privileged(const struct container *c)
{
	for (size_t i = 0; i < c->n_additional; i++)
		if (c->additional[i].privileged)
			return true;
	return false;
}

static bool any_host_port(const struct container *c)
{
	for (size_t i = 0; i < c->n_additional; i++)
		for (size_t k = 0; k < c->additional[i].n_ports; k++)
			if (c->additional[i].ports[k].host_port)
				return true;
	return false;
}

static bool any_read_only(const struct wants *w)
{
	for (size_t i = 0; i < w->n_mounts; i++)
		if (w->mounts[i].flags & CIRRUS_MOUNT_READONLY)
			return true;
	return false;
}

/* --- Dockerfiles ----------------------------------------------------------------- */

static bool requires(const struct task *t, int64_t id)
{
	for (size_t i = 0; i < t->n_required; i++)
		if (t->required[i] == id)
			return true;
	return false;
}

/* Whether this task, or one that this builds an image for, needs it built. */
static bool has_to_build(struct run *run, const struct task *t)
{
	if (t->instance.kind != INSTANCE_PREBUILT_IMAGE)
		return prebuild_is_due(run, t);
	for (size_t i = 0; i < run->plan.len; i++)
		if (requires(run->plan.v[i].task, t->id) &&
		    prebuild_is_due(run, run->plan.v[i].task))
			return true;
	return false;
}

static char *lacks_buildkit(struct run *run, const struct task *t)
{
	const char *file = t->instance.dockerfile
				   ? t->instance.dockerfile
				   : t->instance.container.dockerfile;
	const char *what = t->instance.container.buildkit;

	if (!what || conn_can(run->conn, CIRRUS_CAP_BUILDKIT) ||
	    !has_to_build(run, t))
		return NULL;
	return xasprintf("%s, %s needs BuildKit, which backend %s does not "
			 "offer here (%s): see cirrus-backend-%s(7)",
			 file, what, conn_name(run->conn),
			 capability_name(CIRRUS_CAP_BUILDKIT),
			 conn_name(run->conn));
}

/* --- all of it ------------------------------------------------------------------- */

static char *lacks_capability(const struct run *run, const struct task *t)
{
	const struct conn *conn = run->conn;
	const struct container *c = &t->instance.container;
	struct platform_spec platform;
	struct wants w;
	/* what is wrong in it is said when the task starts */
	int good = wants_read(t, NULL, &w, NULL);
	const struct asked asked[] = {
		{c->n_additional > 0, CIRRUS_CAP_SIDECAR,
		 "additional_containers"},
		{good == 0 && w.n_mounts > 0, CIRRUS_CAP_MOUNT_BIND, "volumes"},
		{any_read_only(&w), CIRRUS_CAP_MOUNT_READONLY,
		 "read-only volumes"},
		{w.kvm, CIRRUS_CAP_DEVICE, "kvm"},
		{w.privileged || any_privileged(c), CIRRUS_CAP_PRIVILEGED,
		 "privileged"},
		{any_host_port(c), CIRRUS_CAP_PORTS, "a port of the host"},
		{w.memory_disk && !run->o->dirty, CIRRUS_CAP_VOLUME_MEMORY,
		 "use_in_memory_disk"},
		{platform_spec(&platform, conn, c) != NULL, CIRRUS_CAP_PLATFORM,
		 platform_arch(c->architecture)},
	};

	bool kvm = w.kvm;

	wants_clear(&w);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		if (asked[i].yes && !conn_can(conn, asked[i].capability))
			return xasprintf("backend %s does not offer %s here "
					 "(%s)",
					 conn_name(conn), asked[i].what,
					 capability_name(asked[i].capability));
	if (kvm && conn_can(conn, CIRRUS_CAP_MOUNT_BIND) &&
	    access("/dev/kvm", F_OK) < 0)
		return xstrdup("this machine has no /dev/kvm");
	return NULL;
}

char *support_lacks(void *ctx, const struct task *t)
{
	struct run *run = ctx;
	AUTO_GIVEN struct given given;
	char *why = given_read(run, t, &given);

	if (!why)
		why = lacks_capability(run, t);
	return why ? why : lacks_buildkit(run, t);
}
