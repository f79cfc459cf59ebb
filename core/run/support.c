/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/support.h"

#include "backend/backend.h"
#include "run/platform.h"

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

char *support_lacks(void *ctx, const struct task *t)
{
	struct conn *conn = ctx;
	const struct container *c = &t->instance.container;
	struct platform_spec platform;
	const struct asked asked[] = {
		{t->instance.kind == INSTANCE_PIPE, CIRRUS_CAP_VOLUME_SHARED,
		 "pipe"},
		{c->n_additional > 0, CIRRUS_CAP_SIDECAR,
		 "additional_containers"},
		{any_privileged(c), CIRRUS_CAP_PRIVILEGED, "privileged"},
		{any_host_port(c), CIRRUS_CAP_PORTS, "a port of the host"},
		{platform_spec(&platform, conn, c) != NULL, CIRRUS_CAP_PLATFORM,
		 platform_arch(c->architecture)},
	};

	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		if (asked[i].yes && !conn_can(conn, asked[i].capability))
			return xasprintf("backend %s does not offer %s here "
					 "(%s)",
					 conn_name(conn), asked[i].what,
					 capability_name(asked[i].capability));
	return NULL;
}
