/* SPDX-License-Identifier: MIT */
/* Making environments: what a group asks for, checked member by member. */
#include "config.h"

#include <string.h>

#include "backend/attempt.h"
#include "backend/need.h"

static bool any(const char *text)
{
	return text && text[0];
}

static cirrus_status check_mounts(const struct conn *c,
				  const struct cirrus_instance_spec *m,
				  struct error **err)
{
	for (size_t i = 0; i < m->n_mounts; i++) {
		uint32_t type = m->mounts[i]->type, flags = m->mounts[i]->flags;
		const struct need needs[] = {
			{type == CIRRUS_MOUNT_BIND, CIRRUS_CAP_MOUNT_BIND},
			{type == CIRRUS_MOUNT_VOLUME, CIRRUS_CAP_VOLUME},
			{type == CIRRUS_MOUNT_TMPFS, CIRRUS_CAP_MOUNT_TMPFS},
			{flags & CIRRUS_MOUNT_READONLY,
			 CIRRUS_CAP_MOUNT_READONLY},
			{flags & CIRRUS_MOUNT_COW, CIRRUS_CAP_MOUNT_COW},
		};

		if (NEED_ALL(c, needs, err)) {
			error_prefix(err, "mount %s", m->mounts[i]->target);
			return CIRRUS_E_NOTSUP;
		}
	}
	return CIRRUS_OK;
}

static cirrus_status check_member(const struct conn *c,
				  const struct cirrus_instance_spec *m,
				  struct error **err)
{
	const struct need needs[] = {
		{!(m->flags & CIRRUS_INSTANCE_IDLE), CIRRUS_CAP_COMMAND},
		{m->flags & CIRRUS_INSTANCE_PRIVILEGED, CIRRUS_CAP_PRIVILEGED},
		{m->flags & CIRRUS_INSTANCE_UNLOGGED, CIRRUS_CAP_UNLOGGED},
		{m->platform != NULL, CIRRUS_CAP_PLATFORM},
		{any(m->user), CIRRUS_CAP_USER},
		{any(m->hostname), CIRRUS_CAP_HOSTNAME},
		{m->n_devices > 0, CIRRUS_CAP_DEVICE},
		{m->n_ports > 0, CIRRUS_CAP_PORTS},
	};

	if (NEED_ALL(c, needs, err) || need_understood(c, m->required, err))
		return CIRRUS_E_NOTSUP;
	return check_mounts(c, m, err);
}

static cirrus_status check_group(const struct conn *c,
				 const struct cirrus_group_spec *g,
				 struct error **err)
{
	const struct need needs[] = {
		{g->n_members > 1, CIRRUS_CAP_SIDECAR},
		{g->flags & CIRRUS_GROUP_EXPOSE, CIRRUS_CAP_EXPOSE},
		{g->net_mode == CIRRUS_NET_NONE, CIRRUS_CAP_NET_NONE},
		{g->net_mode == CIRRUS_NET_NAMED, CIRRUS_CAP_NET_NAMED},
	};

	if (g->n_members == 0) {
		error_set(err, ERR_INTERNAL, "a group needs a member");
		return CIRRUS_E_INVAL;
	}
	if (NEED_ALL(c, needs, err) || need_understood(c, g->required, err))
		return CIRRUS_E_NOTSUP;
	for (size_t i = 0; i < g->n_members; i++)
		if (check_member(c, g->members[i], err))
			return CIRRUS_E_NOTSUP;
	return CIRRUS_OK;
}

/* A limit that cannot be put into effect changes nothing that a script sees:
 * it is left out, and said once. */
static void drop_limits(struct conn *c, struct cirrus_instance_spec *m,
			void *scope)
{
	bool cpu = m->nano_cpus && !conn_can(c, CIRRUS_CAP_CPU_LIMIT);
	bool memory = m->memory_bytes && !conn_can(c, CIRRUS_CAP_MEMORY_LIMIT);

	if (cpu)
		m->nano_cpus = 0;
	if (memory)
		m->memory_bytes = 0;
	if ((cpu || memory) && !atomic_exchange(&c->limits_told, true))
		services_log(scope, CIRRUS_LOG_WARN,
			     "backend %s cannot limit %s here: tasks may use "
			     "more than they ask for",
			     conn_name(c),
			     !memory ? "processors"
			     : !cpu  ? "memory"
				     : "processors and memory");
}

static struct cirrus_instance_spec *pad_member(
	struct conn *c, struct arena *a, const struct cirrus_instance_spec *m,
	void *scope)
{
	struct cirrus_instance_spec *in = PADDED(a, m);

	in->platform = need_platform(c, m->platform, a);
	in->mounts = PADDED_ALL(a, m->mounts, m->n_mounts);
	in->devices = PADDED_ALL(a, m->devices, m->n_devices);
	in->ports = PADDED_ALL(a, m->ports, m->n_ports);
	drop_limits(c, in, scope);
	return in;
}

static struct cirrus_group_spec *pad_group(struct conn *c, struct arena *a,
					   const struct cirrus_group_spec *g,
					   void *scope)
{
	struct cirrus_group_spec *in = PADDED(a, g);
	const struct cirrus_instance_spec **members =
		arena_alloc(a, (g->n_members + 1) * sizeof(*members));

	for (size_t i = 0; i < g->n_members; i++)
		members[i] = pad_member(c, a, g->members[i], scope);
	in->members = members;
	if (!in->kind)
		in->kind = c->kind->name;
	return in;
}

static struct member *member_new(struct conn *c, cirrus_instance *handle)
{
	struct member *m = xcalloc(1, sizeof(*m));

	*m = (struct member){c, handle};
	return m;
}

/* Gives handles their owners; one that is missing turns success to failure. */
static cirrus_status adopt(struct conn *c, cirrus_instance *const *handles,
			   size_t n, struct member **out, cirrus_status status,
			   struct error **err)
{
	for (size_t i = 0; i < n; i++) {
		out[i] = handles[i] ? member_new(c, handles[i]) : NULL;
		if (!handles[i] && status == CIRRUS_OK) {
			error_set(err, ERR_BACKEND,
				  "backend %s created no environment and "
				  "called it a success",
				  conn_name(c));
			status = CIRRUS_E_FAILED;
		}
	}
	return status;
}

/* What a failed create has left.  What cannot be removed either is named. */
static void undo(struct member **members, size_t n,
		 const struct call_options *o)
{
	while (n-- > 0) {
		AUTO_ERROR struct error *err = NULL;

		if (!members[n])
			continue;
		if (member_delete(members[n], o, &err) != CIRRUS_OK) {
			services_log(o->scope, CIRRUS_LOG_WARN,
				     "left behind: %s", err->msg);
			member_release(members[n]);
		}
		members[n] = NULL;
	}
}

cirrus_status conn_create(struct conn *c, const struct call_options *o,
			  const struct cirrus_group_spec *spec,
			  struct member **out, struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	AUTO_ARENA struct arena a = {0};
	struct cirrus_group_spec *in = pad_group(c, &a, spec, o->scope);
	size_t n = spec->n_members;
	cirrus_instance **handles = arena_alloc(&a, (n + 1) * sizeof(*handles));
	cirrus_status status = check_group(c, in, err);
	struct attempt at;

	memset(out, 0, n * sizeof(*out));
	if (status != CIRRUS_OK)
		return status;
	attempt_init(&at, t, "instance_create", o, 0);
	while (attempt_next(&at)) {
		undo(out, n, o);
		memset(handles, 0, n * sizeof(*handles));
		at.status = t->instance_create(c->handle, &at.call.padded.s, in,
					       handles);
		at.status = adopt(c, handles, n, out, at.status, &at.error);
	}
	if (at.status != CIRRUS_OK)
		undo(out, n, o);
	return attempt_done(&at, err);
}

cirrus_status conn_reopen(struct conn *c, const struct call_options *o,
			  const char *id, struct member **out,
			  struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	const struct need needs[] = {{true, CIRRUS_CAP_OPEN}};
	cirrus_instance *handle = NULL;
	struct attempt at;

	*out = NULL;
	if (NEED_ALL(c, needs, err) ||
	    need_op(c, t->instance_open != NULL, "instance_open", err))
		return CIRRUS_E_NOTSUP;
	attempt_init(&at, t, "instance_open", o, 0);
	while (attempt_next(&at))
		at.status = t->instance_open(c->handle, &at.call.padded.s, id,
					     &handle);
	if (at.status == CIRRUS_OK)
		*out = member_new(c, handle);
	return attempt_done(&at, err);
}
