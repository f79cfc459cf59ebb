/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/config-file.h"

#include <stdlib.h>
#include <string.h>

#include "data/json.h"
#include "data/yaml.h"

static const char *file_path(struct arena *a)
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (base && base[0] == '/')
		return arena_printf(a, "%s/cirrus/config.yml", base);
	if (home && home[0] == '/')
		return arena_printf(a, "%s/.config/cirrus/config.yml", home);
	return NULL;
}

static int need_map(const struct node *n, const char *path, struct error **err)
{
	if (!n || n->kind == NODE_MAP)
		return 0;
	return node_error(err, path, n->at, "\"%s\" must be a map, not a %s",
			  n->name, node_kind_name(n->kind));
}

static int check_options(const struct config_file *f, const struct backend *b,
			 struct arena *a, struct error **err)
{
	const struct cirrus_option *const *options = b->table.options;
	const char **known;
	size_t n = 0;

	while (options && options[n])
		n++;
	known = arena_alloc(a, (n + 1) * sizeof(*known));
	for (size_t i = 0; i < n; i++)
		known[i] = options[i]->name;
	return node_check_keys(f->options, known, f->path, err);
}

int config_file_read(const struct backend *b, struct arena *a,
		     struct config_file *out, struct error **err)
{
	static const char *const known[] = {"backends", NULL};
	const struct node *backends;
	struct node *root = NULL;

	*out = (struct config_file){.path = file_path(a)};
	if (!out->path)
		return 0;
	if (yaml_read_file(out->path, a, &root, err) < 0)
		return -1;
	if (!root)
		return 0;
	backends = node_get(root, "backends");
	if (node_check_keys(root, known, out->path, err) < 0 ||
	    need_map(backends, out->path, err) < 0)
		return -1;
	if (backends)
		out->options = node_get(backends, b->name);
	if (!out->options)
		return 0;
	if (need_map(out->options, out->path, err) < 0)
		return -1;
	return check_options(out, b, a, err);
}

/* Scalars stay text: what type they have is for the plugin to say. */
static void add_json(struct cJSON *to, const struct node *n)
{
	const char *key = n->name[0] ? n->name : NULL;
	struct cJSON *v;

	if (n->kind == NODE_SCALAR) {
		json_add_str(to, key, n->text);
		return;
	}
	v = n->kind == NODE_MAP ? json_object() : json_array();
	json_add(to, key, v);
	for (size_t i = 0; i < n->n_children; i++)
		add_json(v, n->children[i]);
}

static const char *json_text(const struct node *n, struct arena *a)
{
	AUTO_JSON struct cJSON *holder = json_object();
	AUTO_BUF struct buf out = BUF_INIT(BUF_MESSAGE);

	add_json(holder, n);
	json_print(json_first(holder), JSON_LINE, &out);
	return arena_strdup(a, out.data);
}

int config_file_get(const struct config_file *f,
		    const struct cirrus_option *option, struct arena *a,
		    const char **value, const char **where, struct error **err)
{
	const struct node *n = NULL;

	*value = NULL;
	if (f->options)
		n = node_get(f->options, option->name);
	if (!n)
		return 0;
	*where = arena_printf(a, "%s:%d:%d", f->path, n->at.line, n->at.column);
	if (option->type == CIRRUS_OPT_JSON)
		*value = json_text(n, a);
	else if (n->kind == NODE_SCALAR)
		*value = n->text;
	else
		return node_error(err, f->path, n->at,
				  "\"%s\" must be one value, not a %s", n->name,
				  node_kind_name(n->kind));
	return 0;
}
