/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
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

char *task_suffix(const struct task *t)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	const char *const *l = t->labels;

	if (!l || !*l)
		return NULL;
	for (; *l; l++)
		buf_addf(&b, "%s%s", b.len > 0 ? " " : "(", *l);
	buf_addc(&b, ')');
	return buf_steal(&b);
}

bool instruction_is_clone(const struct instruction *i)
{
	return i->kind == INSTRUCTION_CLONE ||
	       (i->kind == INSTRUCTION_SCRIPT && strcmp(i->name, "clone") == 0);
}

const char *pairs_get(const struct pairs *p, const char *key)
{
	for (size_t i = 0; i < p->len; i++)
		if (strcmp(p->v[i].key, key) == 0)
			return p->v[i].value;
	return NULL;
}
