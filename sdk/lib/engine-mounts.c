/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"

/* Podman makes a directory of a source that is not there, and so does Docker
 * where it is to be relabelled. */
static cirrus_status check_source(const struct mounting *w,
				  const struct cirrus_mount *m)
{
	struct stat st;

	if (!m->source || m->source[0] != '/')
		return cirrus_errorf(w->call, CIRRUS_E_INVAL, NULL,
				     "mount %s: its source is not absolute",
				     m->target);
	if (w->conn->is_local && stat(m->source, &st) < 0 && errno == ENOENT)
		return cirrus_errorf(w->call, CIRRUS_E_NOTFOUND, NULL,
				     "mount %s: there is no %s", m->target,
				     m->source);
	return CIRRUS_OK;
}

/* Relabelling changes the source, which a copy-on-write mount promises not to. */
static cirrus_status check_mount(const struct mounting *w,
				 const struct cirrus_mount *m)
{
	cirrus_status s =
		cirrus_check_enum(w->call, "mount", m->type, CIRRUS_MOUNT_BIND,
				  CIRRUS_MOUNT_TMPFS);

	if (s == CIRRUS_OK)
		s = cirrus_check_flags(w->call, "mount", m->flags,
				       CIRRUS_MOUNT_READONLY |
					       CIRRUS_MOUNT_COW |
					       CIRRUS_MOUNT_RELABEL);
	if (s == CIRRUS_OK && m->flags & CIRRUS_MOUNT_COW &&
	    m->flags & (CIRRUS_MOUNT_READONLY | CIRRUS_MOUNT_RELABEL))
		s = cirrus_errorf(w->call, CIRRUS_E_NOTSUP, NULL,
				  "mount %s: copy-on-write with other flags",
				  m->target);
	if (s == CIRRUS_OK && m->type == CIRRUS_MOUNT_BIND)
		s = check_source(w, m);
	return s;
}

cirrus_status engine_add_bind(struct mounting *w, const struct cirrus_mount *m,
			      const char *options)
{
	cJSON *binds = cJSON_GetObjectItem(w->host, "Binds");
	AUTO_FREE char *text =
		xasprintf("%s:%s:%s", m->source, m->target, options);

	if (strchr(m->source, ':') || strchr(m->target, ':'))
		return cirrus_errorf(w->call, CIRRUS_E_INVAL, NULL,
				     "mount %s: no colons, please", m->target);
	if (!binds)
		binds = cJSON_AddArrayToObject(w->host, "Binds");
	cJSON_AddItemToArray(binds, cJSON_CreateString(text));
	return CIRRUS_OK;
}

static void add_plain(cJSON *mounts, const struct cirrus_mount *m)
{
	static const char *const types[] = {[CIRRUS_MOUNT_BIND] = "bind",
					    [CIRRUS_MOUNT_VOLUME] = "volume",
					    [CIRRUS_MOUNT_TMPFS] = "tmpfs"};
	cJSON *o = cJSON_CreateObject();

	cj_put_str(o, "Type", types[m->type]);
	cj_put_str(o, "Source", m->source);
	cj_put_str(o, "Target", m->target);
	cj_put_bool(o, "ReadOnly", m->flags & CIRRUS_MOUNT_READONLY);
	cJSON_AddItemToArray(mounts, o);
}

static cirrus_status add_mount(struct mounting *w, cJSON *mounts,
			       const struct cirrus_mount *given)
{
	struct cirrus_mount m;
	cirrus_status s;

	CIRRUS_COPY(&m, given);
	s = check_mount(w, &m);
	if (s < 0)
		return s;
	if (m.flags & CIRRUS_MOUNT_COW && m.type != CIRRUS_MOUNT_TMPFS)
		return cow_add(w, mounts, &m);
	/* the list of mounts cannot ask for a label */
	if (m.type == CIRRUS_MOUNT_BIND && m.flags & CIRRUS_MOUNT_RELABEL)
		return engine_add_bind(
			w, &m, m.flags & CIRRUS_MOUNT_READONLY ? "z,ro" : "z");
	add_plain(mounts, &m);
	return CIRRUS_OK;
}

cirrus_status engine_add_mounts(struct mounting *w,
				const struct cirrus_mount *const *mounts,
				size_t n)
{
	cJSON *list = cJSON_AddArrayToObject(w->host, "Mounts");
	cirrus_status s = CIRRUS_OK;

	for (size_t i = 0; i < n && s == CIRRUS_OK; i++)
		s = add_mount(w, list, mounts[i]);
	return s;
}
