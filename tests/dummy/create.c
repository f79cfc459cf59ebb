/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"

#define KNOWN_INSTANCE                                       \
	(CIRRUS_INSTANCE_IDLE | CIRRUS_INSTANCE_PRIVILEGED | \
	 CIRRUS_INSTANCE_UNLOGGED)
#define KNOWN_MOUNT \
	(CIRRUS_MOUNT_READONLY | CIRRUS_MOUNT_COW | CIRRUS_MOUNT_RELABEL)

static cirrus_status check_mount(const cirrus_conn *c,
				 const struct cirrus_call *call,
				 const struct cirrus_mount *m)
{
	if (m->type < CIRRUS_MOUNT_BIND || m->type > CIRRUS_MOUNT_TMPFS)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "unknown type of mount: %u",
				     (unsigned)m->type);
	return unknown_bits(c, call, m->flags, KNOWN_MOUNT, 0);
}

static cirrus_status check_member(cirrus_conn *c,
				  const struct cirrus_call *call,
				  const struct cirrus_instance_spec *spec)
{
	cirrus_status s = unknown_bits(c, call, spec->flags, KNOWN_INSTANCE,
				       spec->required);

	for (size_t i = 0; s == CIRRUS_OK && i < spec->n_mounts; i++)
		s = check_mount(c, call, spec->mounts[i]);
	if (s != CIRRUS_OK)
		return s;
	if (spec->platform && spec->platform->arch &&
	    strcmp(spec->platform->arch, machine_arch()) != 0)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "no processor of type %s here",
				     spec->platform->arch);
	if (((spec->n_devices || spec->n_ports) && !c->with) ||
	    spec->nano_cpus < 0 || spec->pull_policy > CIRRUS_PULL_NEVER)
		return cirrus_errorf(
			call, CIRRUS_E_NOTSUP, NULL,
			"%s: no devices, ports or unknown pull policies",
			spec->name ? spec->name : "instance");
	if (!spec->image || !image_exists(c, spec->image))
		return cirrus_errorf(call,
				     MUTATED(c, UNAVAIL) ? CIRRUS_E_UNAVAIL
							 : CIRRUS_E_NOTFOUND,
				     "pull it first", "no such image: %s",
				     spec->image ? spec->image : "(none)");
	return CIRRUS_OK;
}

static cirrus_status check_group(cirrus_conn *c, const struct cirrus_call *call,
				 const struct cirrus_group_spec *g)
{
	cirrus_status s = unknown_bits(c, call, g->flags, CIRRUS_GROUP_EXPOSE,
				       g->required);

	if (s != CIRRUS_OK)
		return s;
	if (g->net_mode > CIRRUS_NET_NONE)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "no networks of mode %u",
				     (unsigned)g->net_mode);
	for (size_t i = 0; s == CIRRUS_OK && i < g->n_members; i++) {
		struct cirrus_instance_spec spec;

		CIRRUS_COPY(&spec, g->members[i]);
		s = check_member(c, call, &spec);
	}
	return s;
}

static void push_all(struct strv *to, const char *key, const char *const *v)
{
	for (; v && *v; v++)
		strv_pushf(to, "%s=%s", key, *v);
}

static void push_one(struct strv *to, const char *key, const char *value)
{
	if (value)
		strv_pushf(to, "%s=%s", key, value);
}

/* What a mount is made of, on this machine; for free(). */
static int mount_source(struct cirrus_instance *it,
			const struct cirrus_mount *m, size_t n, char **out,
			struct error **err)
{
	AUTO_FREE char *source = NULL;

	if (m->type == CIRRUS_MOUNT_BIND)
		source = xstrdup(m->source);
	else if (m->type == CIRRUS_MOUNT_VOLUME && m->source)
		source = xasprintf("%s/v/%s/data", it->conn->state, m->source);
	if (source && access(source, F_OK) < 0)
		return error_set(err, ERR_NOTFOUND, "no such %s: %s",
				 m->type == CIRRUS_MOUNT_BIND ? "directory"
							      : "volume",
				 m->source);
	if ((m->flags & CIRRUS_MOUNT_COW) && MUTATED(it->conn, COW_FAILS))
		return error_set(err, ERR_BACKEND, "mount %s: no overlays",
				 m->target);
	if (source && (m->flags & CIRRUS_MOUNT_COW) &&
	    !MUTATED(it->conn, COW)) {
		*out = xasprintf("%s/cow%zu", it->dir, n);
		return dir_make(*out, 0755, err) < 0
			       ? -1
			       : tree_copy(source, *out, err);
	}
	*out = STEAL_PTR(source);
	return 0;
}

static int mount_point(const char *source, const char *target,
		       struct error **err)
{
	struct stat st;
	char *slash;
	int fd;

	if (!source || (stat(source, &st) == 0 && S_ISDIR(st.st_mode)))
		return dir_make(target, 0755, err);
	slash = strrchr(target, '/');
	*slash = '\0';
	if (dir_make(target, 0755, err) < 0)
		return -1;
	*slash = '/';
	fd = open(target, O_CREAT | O_RDWR | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_errno(err, errno, "cannot create %s", target);
	close(fd);
	return 0;
}

static int add_mount(struct cirrus_instance *it, const struct cirrus_mount *m,
		     size_t n, struct error **err)
{
	AUTO_FREE char *source = NULL;
	AUTO_FREE char *target = xasprintf("%s/root%s", it->dir, m->target);

	if (mount_source(it, m, n, &source, err) < 0 ||
	    mount_point(source, target, err) < 0)
		return -1;
	strv_pushf(&it->spec, "mount=%s\t%s\t%s",
		   (m->flags & CIRRUS_MOUNT_READONLY) &&
				   !MUTATED(it->conn, READONLY)
			   ? "ro"
			   : "rw",
		   m->target, source ? source : "");
	return 0;
}

/* What a plugin does that writes an environment file, a line a variable. */
static void cut_lines(struct strv *spec)
{
	for (size_t i = 0; i < spec->len; i++)
		if (str_starts(spec->v[i], "env="))
			spec->v[i][strcspn(spec->v[i], "\n")] = '\0';
}

static int record(struct cirrus_instance *it, const struct cirrus_group_spec *g,
		  const struct cirrus_instance_spec *spec, struct error **err)
{
	struct strv *to = &it->spec;
	const char *rank =
		cirrus_kv_get(g->options, g->n_options, "rank", NULL);
	AUTO_FREE char *named = xasprintf("dummy-%s", rank ? rank : "");

	push_one(to, "image", spec->image);
	push_one(to, "name", spec->name);
	push_one(to, "workdir", spec->workdir);
	push_one(to, "user", spec->user);
	push_one(to, "hostname", rank ? named : spec->hostname);
	push_one(to, "idle", spec->flags & CIRRUS_INSTANCE_IDLE ? "yes" : NULL);
	push_one(to, "no_net", g->net_mode == CIRRUS_NET_NONE ? "yes" : NULL);
	push_all(to, "arg", spec->entrypoint);
	push_all(to, "arg", spec->command);
	push_all(to, "env", spec->env);
	if (MUTATED(it->conn, ENV_LINES))
		cut_lines(to);
	spec_add_labels(to, g->labels, g->n_labels);
	for (size_t i = 0; i < spec->n_mounts; i++)
		if (add_mount(it, spec->mounts[i], i, err) < 0)
			return -1;
	return 0;
}

static int populate(struct cirrus_instance *it,
		    const struct cirrus_group_spec *g,
		    const struct cirrus_instance_spec *spec, struct error **err)
{
	AUTO_FREE char *root = xasprintf("%s/root", it->dir);
	AUTO_FREE char *alive = xasprintf("%s/alive", it->dir);
	AUTO_FREE char *work =
		xasprintf("%s%s", root, spec->workdir ? spec->workdir : "");

	if (dir_make(root, 0755, err) < 0 ||
	    image_unpack(it->conn, spec->image, root, err) < 0 ||
	    dir_make(work, 0755, err) < 0)
		return -1;
	if (mkfifo(alive, 0600) < 0)
		return error_errno(err, errno, "cannot create %s", alive);
	return record(it, g, spec, err) < 0
		       ? -1
		       : spec_save(&it->spec, it->dir, err);
}

static struct cirrus_instance *handle_new(cirrus_conn *c, const char *id)
{
	struct cirrus_instance *it = xcalloc(1, sizeof(*it));

	it->conn = c;
	it->id = xstrdup(id);
	it->dir = xasprintf("%s/i/%s", c->state, id);
	return it;
}

static cirrus_status create_member(cirrus_conn *c,
				   const struct cirrus_call *call,
				   const struct cirrus_group_spec *g,
				   const char *name, size_t n,
				   cirrus_instance **out)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_instance_spec spec;
	AUTO_FREE char *id = NULL;
	struct cirrus_instance *it;

	CIRRUS_COPY(&spec, g->members[n]);
	id = n == 0 ? xstrdup(name)
		    : xasprintf("%s.%s", name, spec.name ? spec.name : "");
	it = handle_new(c, id);
	if (mkdir(it->dir, 0700) < 0 && !MUTATED(c, NAME_TAKEN)) {
		int cause = errno;

		instance_release(it);
		return fail_errno(call, cause, "cannot create instance %s", id);
	}
	*out = it;
	if (populate(it, g, &spec, &err) < 0)
		return fail_error(call, &err);
	return CIRRUS_OK;
}

cirrus_status instance_create(cirrus_conn *c, const struct cirrus_call *call,
			      const struct cirrus_group_spec *in,
			      cirrus_instance **out)
{
	struct cirrus_group_spec g;
	char chosen[17];
	cirrus_status s;

	CIRRUS_COPY(&g, in);
	s = call_begin(call, c);
	if (s == CIRRUS_OK)
		s = check_group(c, call, &g);
	if (s != CIRRUS_OK)
		return s;
	random_hex(chosen, 8);
	for (size_t i = 0; s == CIRRUS_OK && i < g.n_members; i++)
		s = create_member(c, call, &g, g.name ? g.name : chosen, i,
				  &out[i]);
	return s;
}

cirrus_status instance_open(cirrus_conn *c, const struct cirrus_call *call,
			    const char *id, cirrus_instance **out)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_instance *it;
	cirrus_status s = call_begin(call, c);

	if (s != CIRRUS_OK)
		return s;
	if (!*id || strchr(id, '/') || *id == '.')
		return cirrus_errorf(call, CIRRUS_E_NOTFOUND, NULL,
				     "no such instance: %s", id);
	it = handle_new(c, id);
	if (spec_load(&it->spec, it->dir, &err) < 0) {
		instance_release(it);
		return cirrus_errorf(call, CIRRUS_E_NOTFOUND, NULL,
				     "no such instance: %s", id);
	}
	*out = it;
	return CIRRUS_OK;
}

void instance_release(cirrus_instance *it)
{
	strv_clear(&it->spec);
	free(it->id);
	free(it->dir);
	free(it);
}

static void empty_volumes(const struct cirrus_instance *it)
{
	const char *line;
	size_t at = 0;

	while ((line = spec_next(&it->spec, "mount", &at))) {
		AUTO_STRV struct strv part = {0};

		strv_split(&part, line, '\t');
		if (str_starts(part.v[2], it->conn->state))
			dir_remove(part.v[2]);
	}
}

cirrus_status instance_delete(cirrus_instance *it,
			      const struct cirrus_call *call)
{
	cirrus_status s = instance_kill(it, call);

	if (s != CIRRUS_OK)
		return s;
	if (MUTATED(it->conn, VOLUME))
		empty_volumes(it);
	if (dir_remove(it->dir) < 0 && errno != ENOENT)
		return fail_errno(call, errno, "cannot remove %s", it->dir);
	instance_release(it);
	return CIRRUS_OK;
}

cirrus_status instance_info(cirrus_instance *it, const struct cirrus_call *call,
			    struct cirrus_instance_info *out)
{
	cirrus_status s = call_begin(call, it->conn);

	if (s != CIRRUS_OK)
		return s;
	snprintf(out->id, sizeof(out->id), "%s", it->id);
	snprintf(out->attach, sizeof(out->attach), "cd '%s/root'", it->dir);
	snprintf(out->remove, sizeof(out->remove), "rm -rf '%s'", it->dir);
	return CIRRUS_OK;
}
