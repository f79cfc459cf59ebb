/* SPDX-License-Identifier: MIT */
/* Copy-on-write mounts.  Podman has them.  For Docker, a volume of its local driver
 * is an overlay: below it what is mounted, above it an empty volume for what is
 * written, and another one for the kernel's own use.  The overlay itself is an
 * anonymous volume, which goes with its container; the two others are deleted
 * behind it. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"

#define LABEL_TARGET  "cirrus.cow" /* and a number */
#define LABEL_SCRATCH "cirrus.cow-scratch"
#define UNDO_MS       15000

static const char *const layers[] = {"upper", "work"};

static char *layer_name(const struct cow *cow, const char *layer, size_t n)
{
	return xasprintf("%s-%s%zu", cow->scratch, layer, n);
}

/* Neither an option of a mount nor a list of directories can spell these. */
static bool is_mountable(const char *path)
{
	return *path == '/' && !strpbrk(path, ",:\\\"");
}

static bool has_security(const cJSON *info, const char *name)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, cj_at(info, "SecurityOptions"))
	{
		if (cJSON_IsString(o) && str_starts(o->valuestring, name))
			return true;
	}
	return false;
}

/* An engine whose images are overlays can mount one more.  Docker without root would
 * need other options, and with SELinux it relabels the volumes of its local driver
 * at every start, which copies each file. */
bool cow_is_possible(const cirrus_conn *c, const cJSON *info)
{
	const char *driver = cj_str(info, "Driver");

	if (strcmp(cj_str(info, "OSType"), "linux") != 0)
		return false;
	if (c->facts.is_podman)
		return strcmp(driver, "overlay") == 0;
	return (strcmp(driver, "overlay2") == 0 ||
		strcmp(driver, "overlayfs") == 0) &&
	       is_mountable(cj_str(info, "DockerRootDir")) &&
	       !has_security(info, "name=rootless") &&
	       !has_security(info, "name=selinux");
}

/* --- Docker --------------------------------------------------------------------- */

static cirrus_status make_layers(struct mounting *w, size_t n, char *paths[2],
				 struct error **err)
{
	const struct cirrus_group_spec *g = w->group;
	cirrus_status s = CIRRUS_OK;

	for (size_t i = 0; i < ARRAY_LEN(layers) && s == CIRRUS_OK; i++) {
		AUTO_FREE char *name = layer_name(&w->cow, layers[i], n);
		const struct cirrus_volume_spec v = {.struct_size = sizeof(v),
						     .name = name,
						     .labels = g->labels,
						     .n_labels = g->n_labels};

		s = engine_make_volume(w->conn, w->call, &v, &paths[i], err);
	}
	return s;
}

/* Directories of the project can be renamed also where they lie below. */
static char *overlay_options(const char *lower, char *paths[2])
{
	return xasprintf("lowerdir=%s,upperdir=%s,workdir=%s,redirect_dir=on",
			 lower, paths[0], paths[1]);
}

static void add_overlay(struct mounting *w, cJSON *mounts, const char *target,
			const char *options)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *volume = cj_put_object(o, "VolumeOptions");
	cJSON *driver = cj_put_object(volume, "DriverConfig");
	cJSON *of_driver = cj_put_object(driver, "Options");

	cj_put_str(o, "Type", "volume");
	cj_put_str(o, "Target", target);
	cj_put_bool(volume, "NoCopy", true);
	cj_put_kv(volume, "Labels", w->group->labels, w->group->n_labels);
	cj_put_str(driver, "Name", "local");
	cj_put_str(of_driver, "type", "overlay");
	cj_put_str(of_driver, "device", "overlay");
	cj_put_str(of_driver, "o", options);
	cJSON_AddItemToArray(mounts, o);
}

/* Where the source lies on the engine's machine; for free(). */
static cirrus_status find_lower(struct mounting *w,
				const struct cirrus_mount *m, char **out,
				struct error **err)
{
	cirrus_status s = CIRRUS_OK;

	if (m->type == CIRRUS_MOUNT_BIND)
		*out = xstrdup(m->source);
	else
		s = engine_find_volume(w->conn, w->call, m->source, out, err);
	if (s == CIRRUS_OK && !is_mountable(*out))
		return fault_set(err, CIRRUS_E_NOTSUP,
				 "mount %s: %s cannot be mounted copy-on-write",
				 m->target, *out);
	return s;
}

static cirrus_status add_to_docker(struct mounting *w, cJSON *mounts,
				   const struct cirrus_mount *m,
				   struct error **err)
{
	AUTO_FREE char *lower = NULL, *upper = NULL, *work = NULL;
	AUTO_FREE char *options = NULL;
	char *paths[] = {NULL, NULL};
	char random[17];
	cirrus_status s = find_lower(w, m, &lower, err);

	if (s < 0)
		return s;
	if (!w->cow.scratch) {
		random_hex(random, 8);
		w->cow.scratch = xasprintf("%s-%s", w->name, random);
		cj_put_str(cj_put_object(w->config, "Labels"), LABEL_SCRATCH,
			   w->cow.scratch);
	}
	s = make_layers(w, w->cow.targets.len, paths, err);
	upper = paths[0];
	work = paths[1];
	if (s < 0)
		return s;
	options = overlay_options(lower, paths);
	add_overlay(w, mounts, m->target, options);
	return CIRRUS_OK;
}

/* --- both ----------------------------------------------------------------------- */

cirrus_status cow_add(struct mounting *w, cJSON *mounts,
		      const struct cirrus_mount *m)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *key =
		xasprintf(LABEL_TARGET ".%zu", w->cow.targets.len);
	cirrus_status s;

	if (w->conn->facts.is_podman)
		s = engine_add_bind(w, m, "O");
	else
		s = fault_report_as(w->call, add_to_docker(w, mounts, m, &err),
				    &err);
	/* also after a failure: one of the layers may be there */
	strv_push(&w->cow.targets, m->target);
	cj_put_str(cj_put_object(w->config, "Labels"), key, m->target);
	return s;
}

void cow_recall(struct cow *cow, const cJSON *inspected)
{
	const cJSON *labels = cj_at(inspected, "Config.Labels");
	const cJSON *scratch =
		cJSON_GetObjectItemCaseSensitive(labels, LABEL_SCRATCH);

	if (cJSON_IsString(scratch))
		cow->scratch = xstrdup(scratch->valuestring);
	for (;;) {
		AUTO_FREE char *key =
			xasprintf(LABEL_TARGET ".%zu", cow->targets.len);
		const cJSON *target =
			cJSON_GetObjectItemCaseSensitive(labels, key);

		if (!cJSON_IsString(target))
			return;
		strv_push(&cow->targets, target->valuestring);
	}
}

cirrus_status cow_delete(const struct cow *cow, cirrus_conn *c,
			 const struct cirrus_call *call, struct error **err)
{
	cirrus_status s = CIRRUS_OK;

	if (!cow->scratch)
		return s;
	for (size_t i = 0; i < cow->targets.len; i++)
		for (size_t k = 0; k < ARRAY_LEN(layers); k++) {
			AUTO_ERROR struct error *why = NULL;
			AUTO_FREE char *name = layer_name(cow, layers[k], i);
			cirrus_status one =
				engine_remove_volume(c, call, name, &why);

			if (one == CIRRUS_OK || one == CIRRUS_E_NOTFOUND)
				continue;
			s = one;
			error_free_ptr(err);
			*err = STEAL_PTR(why);
		}
	return s;
}

void cow_clear(struct cow *cow)
{
	strv_clear(&cow->targets);
	free(cow->scratch);
	*cow = (struct cow){0};
}

void cow_undo(struct cow *cow, cirrus_conn *c)
{
	AUTO_ERROR struct error *ignored = NULL;
	struct cirrus_call own = call_own(-1, UNDO_MS);
	/* what stays has its run's label */
	cirrus_status s UNUSED = cow_delete(cow, c, &own, &ignored);

	cow_clear(cow);
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 &&
	       (path[n] == '/' || path[n] == '\0');
}

cirrus_status cow_check_path(cirrus_instance *it,
			     const struct cirrus_call *call, const char *path,
			     struct error **err)
{
	const struct cow *cow = &it->cow;
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s;
	size_t i = 0;

	while (i < cow->targets.len && !is_below(path, cow->targets.v[i]))
		i++;
	if (!it->conn->facts.is_podman || i == cow->targets.len)
		return CIRRUS_OK;
	s = engine_inspect(it, call, &o, err);
	if (s < 0 || cj_bool(o, "State.Running"))
		return s;
	return fault_set(err, CIRRUS_E_CONFLICT,
			 "%s:%s: a copy-on-write mount is there only while the "
			 "container runs",
			 it->name, path);
}
