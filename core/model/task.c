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
	for (; p; p = p->base)
		for (size_t i = 0; i < p->len; i++)
			if (strcmp(p->v[i].key, key) == 0)
				return p->v[i].value;
	return NULL;
}

struct pairs_walk pairs_walk(const struct pairs *p)
{
	struct pairs_walk w = {0};

	for (; p && w.n < PAIRS_LEVELS; p = p->base)
		w.level[w.n++] = p;
	return w;
}

static const struct pair *pair_at(const struct pairs_walk *w, size_t level)
{
	const struct pairs *p = w->level[level];

	return w->at[level] < p->len ? &p->v[w->at[level]] : NULL;
}

/* The least of all levels, the first level's where several have it. */
static const struct pair *least(const struct pairs_walk *w)
{
	const struct pair *found = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const struct pair *here = pair_at(w, i);

		if (here && (!found || strcmp(here->key, found->key) < 0))
			found = here;
	}
	return found;
}

static const struct pair *step(struct pairs_walk *w)
{
	const struct pair *next = w->n > 1 ? least(w) : NULL;

	if (w->n == 1) {
		next = pair_at(w, 0);
		w->at[0] += next != NULL;
		return next;
	}
	for (size_t i = 0; next && i < w->n; i++) {
		const struct pair *here = pair_at(w, i);

		w->at[i] += here && strcmp(here->key, next->key) == 0;
	}
	return next;
}

const struct pair *pairs_next(struct pairs_walk *w)
{
	const struct pair *next = step(w);

	while (next && !next->value)
		next = step(w);
	return next;
}
