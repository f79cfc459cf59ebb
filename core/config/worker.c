/* SPDX-License-Identifier: MIT */
/* Persistent workers: a machine of one's own, with or without isolation. */
#include "config.h"

#include <string.h>

#include "base/strv.h"
#include "config/instance.h"
#include "config/number.h"

VEC_DEFINE(volume_vec, struct volume);

static int isolation_platform(struct draft *d, const struct node *n,
			      enum platform *out)
{
	const char *text;

	if (field_string(d, n, &text) < 0)
		return -1;
	if (platform_find(text, out))
		return 0;
	fail(d->p, n, "unsupported platform name: \"%s\"", text);
	return fail_hint(d->p, "known are linux, windows and darwin");
}

static void keep_volumes(struct draft *d, struct volume_vec *from,
			 struct volume **to, size_t *n)
{
	*n = from->len;
	*to = arena_alloc(d->p->arena, (from->len + 1) * sizeof(**to));
	if (from->len)
		memcpy(*to, from->ptr, from->len * sizeof(**to));
	volume_vec_clear(from);
}

/* --- container -------------------------------------------------------------------- */

static int worker_dockerfile(struct draft *d, const struct node *n, void *at)
{
	const char *arch = vars_get(draft_vars(d), "CIRRUS_ARCH");

	if (!arch || !*arch)
		return fail(d->p, n,
			    "container with \"dockerfile:\" also needs a "
			    "CIRRUS_ARCH environment variable to be specified");
	return container_dockerfile(d, n, at);
}

static int worker_platform(struct draft *d, const struct node *n, void *at)
{
	struct container *c = at;

	return isolation_platform(d, n, &c->platform);
}

/* SRC:DST or SRC:DST:ro */
static int add_volume(struct draft *d, const struct node *n, const char *text,
		      struct volume_vec *out)
{
	AUTO_STRV struct strv parts = {0};
	struct volume v = {0};

	strv_split(&parts, text, ':');
	if (parts.len != 2 && parts.len != 3)
		return fail(d->p, n,
			    "only source:target[:ro] volume "
			    "specification is currently supported");
	if (parts.len == 3 && strcmp(parts.v[2], "ro") != 0)
		return fail(d->p, n,
			    "only \"ro\" volume flag is currently supported");
	v.source = arena_strdup(d->p->arena, parts.v[0]);
	v.target = arena_strdup(d->p->arena, parts.v[1]);
	v.read_only = parts.len == 3;
	volume_vec_push(out, v);
	return 0;
}

static int worker_volumes(struct draft *d, const struct node *n, void *at)
{
	struct container *c = at;
	const char *const *texts = NULL;
	struct volume_vec volumes = {0};
	int r = field_strings(d, n, &texts);

	for (; r == 0 && *texts; texts++)
		r = add_volume(d, n, *texts, &volumes);
	keep_volumes(d, &volumes, &c->volumes, &c->n_volumes);
	return r;
}

static const struct field container_table[] = {
	FIELD_WHOLE("image", container_image, 0),
	FIELD_WHOLE("dockerfile", worker_dockerfile, 0),
	FIELD("docker_arguments", field_pairs, struct container,
	      docker_arguments),
	FIELD("cpu", field_float, struct container, cpu),
	FIELD("memory", field_memory, struct container, memory_mib),
	FIELD_WHOLE("volumes", worker_volumes, 0),
	FIELD_WHOLE("platform", worker_platform, 0),
	{NULL},
};

static int isolation_container(struct draft *d, const struct node *n,
			       struct instance *i)
{
	i->container = (struct container){0};
	if (map_parse(d, n, "a container isolation", container_table,
		      &i->container) < 0)
		return -1;
	container_defaults(&i->container);
	return 0;
}

/* --- virtual machines ------------------------------------------------------------- */

static int vm_platform(struct draft *d, const struct node *n, void *at)
{
	struct vm *vm = at;

	return isolation_platform(d, n, &vm->platform);
}

static int vm_port(struct draft *d, const struct node *n, void *at)
{
	const char *text, *why;
	uint32_t *port = at;
	uint64_t value;

	if (field_string(d, n, &text) < 0)
		return -1;
	why = number_uint(d->p->arena, text, UINT16_MAX, &value);
	if (why)
		return fail(d->p, n, "failed to parse \"port:\" value: %s",
			    why);
	*port = (uint32_t)value;
	return 0;
}

#define VM_LOGIN_FIELDS                                       \
	FIELD("image", field_string, struct vm, image),       \
		FIELD("user", field_string, struct vm, user), \
		FIELD("password", field_string, struct vm, password)

/* What tart and vetu have in common. */
#define VM_FIELDS                                                 \
	VM_LOGIN_FIELDS, FIELD("port", vm_port, struct vm, port), \
		FIELD("cpu", field_u32, struct vm, cpu),          \
		FIELD("memory", field_memory, struct vm, memory_mib)

static const struct field parallels_table[] = {
	VM_LOGIN_FIELDS,
	FIELD_WHOLE("platform", vm_platform, 0),
	{NULL},
};

static int isolation_parallels(struct draft *d, const struct node *n,
			       struct instance *i)
{
	i->vm = (struct vm){0};
	return map_parse(d, n, "a parallels isolation", parallels_table,
			 &i->vm);
}

static const struct field tart_volume_table[] = {
	FIELD("name", field_string, struct volume, name),
	FIELD_MUST("source", field_string, struct volume, source),
	FIELD("target", field_string, struct volume, target),
	FIELD("readonly", field_bool, struct volume, read_only),
	{NULL},
};

static int tart_volumes(struct draft *d, const struct node *n, void *at)
{
	struct vm *vm = at;
	struct volume_vec volumes = {0};
	int r = 0;

	for (size_t i = 0; i < n->n_children && r == 0; i++) {
		struct volume v = {0};

		r = map_parse(d, n->children[i], "a volume", tart_volume_table,
			      &v);
		volume_vec_push(&volumes, v);
	}
	keep_volumes(d, &volumes, &vm->volumes, &vm->n_volumes);
	return r;
}

static const struct field tart_table[] = {
	VM_FIELDS,
	FIELD("softnet", field_bool, struct vm, softnet),
	FIELD("display", field_string, struct vm, display),
	FIELD_WHOLE("volumes", tart_volumes, 0),
	{NULL},
};

static int isolation_tart(struct draft *d, const struct node *n,
			  struct instance *i)
{
	i->vm = (struct vm){.user = "admin", .password = "admin"};
	return map_parse(d, n, "a tart isolation", tart_table, &i->vm);
}

static int vetu_networking(struct draft *d, const struct node *n, void *at)
{
	struct vm *vm = at;

	if (!node_get(n, "host")) {
		fail(d->p, n, "please specify the networking to use");
		return fail_hint(d->p, "known is only `host: true`");
	}
	vm->host_network = true;
	return 0;
}

static const struct field vetu_table[] = {
	VM_FIELDS,
	FIELD("disk_size", field_u16, struct vm, disk_size),
	FIELD_WHOLE("networking", vetu_networking, 0),
	{NULL},
};

static int isolation_vetu(struct draft *d, const struct node *n,
			  struct instance *i)
{
	i->vm = (struct vm){.user = "admin", .password = "admin"};
	return map_parse(d, n, "a vetu isolation", vetu_table, &i->vm);
}

/* --- the worker ------------------------------------------------------------------- */

static const struct isolation {
	const char *key;
	enum isolation_kind kind;
	int (*parse)(struct draft *d, const struct node *n, struct instance *i);
} isolations[] = {
	{"container", ISOLATION_CONTAINER, isolation_container},
	{"parallels", ISOLATION_PARALLELS, isolation_parallels},
	{"tart", ISOLATION_TART, isolation_tart},
	{"vetu", ISOLATION_VETU, isolation_vetu},
};

static int isolation_one(struct draft *d, const struct node *n, void *at)
{
	struct instance *i = at;

	for (size_t k = 0; k < ARRAY_LEN(isolations); k++) {
		if (strcmp(isolations[k].key, n->name) != 0)
			continue;
		i->isolation = isolations[k].kind;
		i->isolation_name = n->name;
		return isolations[k].parse(d, n, i);
	}
	return 0;
}

static const struct field isolation_table[] = {
	FIELD_WHOLE("container", isolation_one, 0),
	FIELD_WHOLE("parallels", isolation_one, 0),
	FIELD_WHOLE("tart", isolation_one, 0),
	FIELD_WHOLE("vetu", isolation_one, 0),
	{NULL},
};

static int worker_isolation(struct draft *d, const struct node *n, void *at)
{
	struct instance *i = at;

	i->isolation = ISOLATION_UNSET;
	map_expect(d, n);
	if (map_fields(d, n, isolation_table, i, map_unknown, "isolation:") < 0)
		return -1;
	/* another kind may be one that a plugin knows */
	if (i->isolation == ISOLATION_UNSET && n->n_children) {
		i->isolation = ISOLATION_OTHER;
		i->isolation_name = n->children[n->n_children - 1]->name;
	}
	return 0;
}

static int worker_resources(struct draft *d, const struct node *n, void *at)
{
	struct instance *i = at;

	if (n->kind != NODE_MAP)
		return fail(d->p, n, "expected a map");
	i->n_resources = 0;
	i->resources = arena_alloc(d->p->arena,
				   (n->n_children + 1) * sizeof(*i->resources));
	for (size_t k = 0; k < n->n_children; k++) {
		const struct node *c = n->children[k];
		const char *text, *why;
		double amount;

		if (field_string(d, c, &text) < 0)
			return -1;
		why = number_double(d->p->arena, text, &amount);
		if (why)
			return fail(d->p, c,
				    "failed to parse a floating-point value: "
				    "%s",
				    why);
		/* of two of one name the later counts */
		if (node_get(n, c->name) == c)
			i->resources[i->n_resources++] =
				(struct resource){c->name, amount};
	}
	return 0;
}

static const struct field worker_table[] = {
	FIELD("labels", field_pairs, struct instance, labels),
	FIELD_WHOLE("resources", worker_resources, 0),
	FIELD_WHOLE("isolation", worker_isolation, 0),
	{NULL},
};

static void set_os(struct draft *d, const struct instance *i)
{
	static const char *const names[] = {"linux", "windows", "darwin"};

	if (i->isolation == ISOLATION_NONE) {
		vars_unset(&d->env, d->p->arena, "CIRRUS_OS");
		d->stale = true;
	} else if (i->isolation == ISOLATION_PARALLELS) {
		draft_set_env(d, "CIRRUS_OS", names[i->vm.platform]);
	} else if (i->isolation == ISOLATION_TART) {
		draft_set_env(d, "CIRRUS_OS", "darwin");
	}
}

int instance_persistent_worker(struct draft *d, const struct node *n, void *at)
{
	struct instance i = {.isolation = ISOLATION_NONE};

	(void)at;
	if (map_parse(d, n, "persistent_worker:", worker_table, &i) < 0)
		return -1;
	i.kind = INSTANCE_PERSISTENT_WORKER;
	i.key = n->name;
	i.at = n->at;
	i.block = (struct node *)n;
	d->task->instance = i;
	set_os(d, &i);
	return 0;
}
