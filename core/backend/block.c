/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/block.h"

#include <string.h>

#include "backend/backend.h"
#include "base/buf.h"
#include "data/json-node.h"
#include "data/json.h"

/* --- what a task asks for ----------------------------------------------------- */

static const char *const spec_keys[] = {"image", "cpu", "memory", "volumes",
					NULL};

/* Of containers the language itself knows more. */
static const char *const container_keys[] = {"image",
					     "cpu",
					     "memory",
					     "volumes",
					     "dockerfile",
					     "docker_arguments",
					     "additional_containers",
					     "platform",
					     "architecture",
					     "os_version",
					     "registry_config",
					     "kvm",
					     "privileged",
					     "greedy",
					     "use_in_memory_disk",
					     "use_static_ip",
					     NULL};

/* "freebsd_instance" -> "freebsd" */
static const char *kind_of_key(struct arena *a, const char *key)
{
	const char *tail = strrchr(key, '_');

	return tail ? arena_memdup0(a, key, (size_t)(tail - key)) : key;
}

static void of_isolation(const struct instance *i, struct block *b)
{
	const struct node *isolation = node_get(i->block, "isolation");

	b->kind = "none";
	if (!i->isolation_name || !isolation)
		return;
	b->kind = i->isolation_name;
	b->map = node_get(isolation, i->isolation_name);
	if (b->map)
		b->at = b->map->at;
	if (i->isolation == ISOLATION_CONTAINER)
		b->languages = container_keys;
}

void block_of_task(const struct task *t, struct arena *a, struct block *out)
{
	const struct instance *i = &t->instance;

	*out = (struct block){.at = i->at, .languages = spec_keys};
	switch (i->kind) {
	case INSTANCE_CONTAINER:
		out->kind = "container";
		out->map = i->block;
		out->languages = container_keys;
		break;
	case INSTANCE_PIPE:
		out->kind = "container";
		break;
	case INSTANCE_PERSISTENT_WORKER:
		of_isolation(i, out);
		break;
	case INSTANCE_MACOS:
	case INSTANCE_OTHER:
		out->kind = kind_of_key(a, i->key);
		out->map = i->block;
		break;
	default: /* nothing, or what other tasks ask for */
		break;
	}
}

/* --- keys --------------------------------------------------------------------- */

static bool is_languages(const struct block *b, const char *key)
{
	for (size_t i = 0; b->languages[i]; i++)
		if (strcmp(b->languages[i], key) == 0)
			return true;
	return false;
}

const struct node *block_next(const struct block *b, size_t *at)
{
	if (!b->map || b->map->kind != NODE_MAP)
		return NULL;
	while (*at < b->map->n_children) {
		const struct node *key = b->map->children[(*at)++];

		if (!is_languages(b, key->name))
			return key;
	}
	return NULL;
}

const struct cirrus_option *block_option(
	const struct cirrus_option *const *options, const char *name)
{
	for (; options && *options; options++)
		if (strcmp((*options)->name, name) == 0)
			return *options;
	return NULL;
}

const char *block_missing(const struct block *b,
			  const struct cirrus_option *const *options)
{
	for (; options && *options; options++)
		if ((*options)->flags & CIRRUS_OPT_REQUIRED &&
		    !(b->map && node_get(b->map, (*options)->name)))
			return (*options)->name;
	return NULL;
}

/* --- values ------------------------------------------------------------------- */

static char *json_text(const struct node *n)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_JSON struct cJSON *json = NULL;

	if (n->kind == NODE_SCALAR) {
		json_print_str(n->text, &b);
	} else {
		json = json_of_node(n);
		json_print(json, JSON_LINE, &b);
	}
	return buf_steal(&b);
}

char *block_value(const struct node *value, const struct cirrus_option *option,
		  char *(*expand)(void *ctx, const char *text), void *ctx)
{
	if (option->type == CIRRUS_OPT_JSON)
		return json_text(value);
	return value->kind == NODE_SCALAR ? expand(ctx, value->text) : NULL;
}

char *block_wrong(const struct node *value, const struct cirrus_option *option,
		  const char *text)
{
	AUTO_ERROR struct error *err = NULL;

	if (!text)
		return xasprintf("%s: not a scalar value", value->name);
	if (backend_option_check(option, text, &err) == 0)
		return NULL;
	return xasprintf("%s: %s", value->name, err->msg);
}
