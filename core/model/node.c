/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/node.h"

#include <stdarg.h>
#include <string.h>

#include "base/suggest.h"

const char *node_kind_name(enum node_kind kind)
{
	static const char *const names[] = {
		[NODE_SCALAR] = "scalar",
		[NODE_MAP] = "map",
		[NODE_LIST] = "list",
	};

	return names[kind];
}

const struct node *node_get(const struct node *map, const char *key)
{
	for (size_t i = map->n_children; i > 0; i--)
		if (strcmp(map->children[i - 1]->name, key) == 0)
			return map->children[i - 1];
	return NULL;
}

int node_error(struct error **err, const char *path, struct position at,
	       const char *fmt, ...)
{
	AUTO_FREE char *words = NULL;
	va_list ap;

	va_start(ap, fmt);
	words = xvasprintf(fmt, ap);
	va_end(ap);
	if (!at.line)
		return error_set(err, ERR_CONFIG, "%s: %s", path, words);
	return error_set(err, ERR_CONFIG, "%s:%d:%d: %s", path, at.line,
			 at.column, words);
}

static bool is_known(const char *const *known, const char *key)
{
	for (; *known; known++)
		if (strcmp(*known, key) == 0)
			return true;
	return false;
}

int node_check_keys(const struct node *map, const char *const *known,
		    const char *path, struct error **err)
{
	for (size_t i = 0; i < map->n_children; i++) {
		const struct node *child = map->children[i];
		const char *nearest;

		if (is_known(known, child->name))
			continue;
		node_error(err, path, child->at, "unknown key \"%s\"",
			   child->name);
		nearest = suggest(child->name, known);
		if (nearest)
			error_hint(err, "did you mean \"%s\"?", nearest);
		return -1;
	}
	return 0;
}
