/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct tasks *tasks_new(void)
{
	return xcalloc(1, sizeof(struct tasks));
}

void tasks_free(struct tasks *t)
{
	if (!t)
		return;
	arena_free(&t->arena);
	free(t);
}

void tasks_free_ptr(struct tasks **t)
{
	tasks_free(*t);
}

const char *pairs_get(const struct pairs *p, const char *key)
{
	for (size_t i = 0; i < p->len; i++)
		if (strcmp(p->v[i].key, key) == 0)
			return p->v[i].value;
	return NULL;
}
