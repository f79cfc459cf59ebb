/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/json-node.h"

#include <string.h>

#include "base/buf.h"
#include "data/json.h"

/* The child is what its key stands for: the last one of that name. */
static bool is_shown(const struct node *n, const struct node *child)
{
	return n->kind != NODE_MAP || node_get(n, child->name) == child;
}

struct cJSON *json_of_node(const struct node *n)
{
	struct cJSON *o = n->kind == NODE_MAP ? json_object() : json_array();

	for (size_t i = 0; i < n->n_children; i++) {
		const struct node *c = n->children[i];
		const char *key = n->kind == NODE_MAP ? c->name : NULL;

		if (!is_shown(n, c))
			continue;
		if (c->kind == NODE_SCALAR)
			json_add_str(o, key, c->text);
		else
			json_add(o, key, json_of_node(c));
	}
	return o;
}

/* As a part of a JSON pointer. */
static void add_part(struct buf *path, const char *name)
{
	buf_addc(path, '/');
	for (; *name; name++) {
		if (*name == '~')
			buf_adds(path, "~0");
		else if (*name == '/')
			buf_adds(path, "~1");
		else
			buf_addc(path, *name);
	}
}

static void put_positions(struct cJSON *to, const struct node *n,
			  struct buf *path)
{
	size_t before = path->len, number = 0;

	for (size_t i = 0; i < n->n_children; i++) {
		const struct node *child = n->children[i];
		struct cJSON *at;

		if (!is_shown(n, child))
			continue;
		if (n->kind == NODE_MAP)
			add_part(path, child->name);
		else
			buf_addf(path, "/%zu", number++);
		at = json_add(to, path->data, json_object());
		json_add_int(at, "line", child->at.line);
		json_add_int(at, "column", child->at.column);
		put_positions(to, child, path);
		buf_truncate(path, before);
	}
}

struct cJSON *json_of_positions(const struct node *n)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_FILE);
	struct cJSON *o = json_object();

	put_positions(o, n, &path);
	return o;
}
