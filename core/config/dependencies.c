/* SPDX-License-Identifier: MIT */
/* depends_on: names become ids, and the graph must have an end. */
#include "config.h"

#include "config/parser.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/suggest.h"

VEC_DEFINE(id_vec, int64_t);

/* A name by which a task can be called. */
struct called {
	const char *name;
	const struct draft *draft;
};
VEC_DEFINE(called_vec, struct called);

struct graph {
	struct parser *p;
	struct called_vec enabled, disabled; /* sorted by name, then id */
	size_t edges;
};

static int by_name(const void *a, const void *b)
{
	const struct called *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->draft->task->id < y->draft->task->id
		       ? -1
		       : x->draft->task->id > y->draft->task->id;
}

static void add(struct called_vec *v, const struct draft *d)
{
	const char *alias = d->task->alias ? d->task->alias : "";

	called_vec_push(v, (struct called){d->task->name, d});
	if (strcmp(alias, d->task->name) != 0)
		called_vec_push(v, (struct called){alias, d});
}

static void graph_init(struct graph *g, struct parser *p)
{
	g->p = p;
	for (size_t i = 0; i < p->drafts.len; i++) {
		struct draft *d = p->drafts.ptr[i];

		add(d->task->filtered ? &g->disabled : &g->enabled, d);
	}
	if (g->enabled.len)
		qsort(g->enabled.ptr, g->enabled.len, sizeof(struct called),
		      by_name);
	if (g->disabled.len)
		qsort(g->disabled.ptr, g->disabled.len, sizeof(struct called),
		      by_name);
}

/* The first place where that name is, or len. */
static size_t first(const struct called_vec *v, const char *name)
{
	size_t low = 0, high = v->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(v->ptr[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->len && strcmp(v->ptr[low].name, name) == 0 ? low
								   : v->len;
}

static bool is_fallback_name(const struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->drafts.len; i++)
		if (!p->drafts.ptr[i]->task->filtered &&
		    strcmp(p->drafts.ptr[i]->fallback_name, name) == 0)
			return true;
	return false;
}

static int hint_name(struct graph *g, const char *name)
{
	const char **names =
		xreallocarray(NULL, g->enabled.len + 1, sizeof(*names));
	const char *nearest;
	size_t n = 0;

	for (size_t i = 0; i < g->enabled.len; i++)
		if (*g->enabled.ptr[i].name)
			names[n++] = g->enabled.ptr[i].name;
	names[n] = NULL;
	nearest = suggest(name, names);
	free(names);
	return nearest ? fail_hint(g->p, "did you mean \"%s\"?", nearest) : -1;
}

static int no_such_task(struct graph *g, const struct draft *d,
			const char *name)
{
	struct parser *p = g->p;

	if (first(&g->disabled, name) < g->disabled.len) {
		warn(p, d->task->at,
		     "task \"%s\" depends on task \"%s\", but their only_if "
		     "conditions are different",
		     d->task->name, name);
		return 0;
	}
	if (is_fallback_name(p, name))
		return fail_at(p, d->depends_at,
			       "task '%s' depends on task '%s', which name was "
			       "overridden by a name: field inside of that "
			       "task",
			       d->task->name, name);
	fail_at(p, d->depends_at,
		"there's no task '%s', but task '%s' depends on it", name,
		d->task->name);
	return hint_name(g, name);
}

static int resolve_name(struct graph *g, const struct draft *d,
			const char *name, struct id_vec *ids)
{
	size_t at = first(&g->enabled, name);

	if (at == g->enabled.len)
		return no_such_task(g, d, name);
	for (; at < g->enabled.len; at++) {
		if (strcmp(g->enabled.ptr[at].name, name) != 0)
			break;
		id_vec_push(ids, g->enabled.ptr[at].draft->task->id);
		if (++g->edges > MAX_DEPENDENCIES)
			return fail_at(g->p, d->depends_at,
				       "more than %d dependencies",
				       MAX_DEPENDENCIES);
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int resolve_task(struct graph *g, struct draft *d)
{
	struct id_vec ids = {0};
	int64_t *required;
	int r = 0;

	for (size_t i = 0; d->depends_on && d->depends_on[i] && r == 0; i++)
		r = resolve_name(g, d, d->depends_on[i], &ids);
	if (ids.len) {
		qsort(ids.ptr, ids.len, sizeof(*ids.ptr), by_number);
		required =
			arena_alloc(g->p->arena, ids.len * sizeof(*required));
		memcpy(required, ids.ptr, ids.len * sizeof(*required));
		d->task->required = required;
	}
	d->task->n_required = ids.len;
	id_vec_clear(&ids);
	return r;
}

int dependencies_resolve(struct parser *p)
{
	struct graph g = {0};
	int r = 0;

	graph_init(&g, p);
	for (size_t i = 0; i < p->drafts.len && r == 0; i++)
		if (!p->drafts.ptr[i]->task->filtered)
			r = resolve_task(&g, p->drafts.ptr[i]);
	called_vec_clear(&g.enabled);
	called_vec_clear(&g.disabled);
	return r;
}

/* --- cycles ----------------------------------------------------------------------- */

/* For each task the tasks that wait for it, as lists in one array. */
struct waiting {
	size_t *start; /* by id, one more than there are */
	int64_t *who;
	size_t *missing; /* by id: dependencies that are not done yet */
};

static void waiting_init(struct waiting *w, const struct parser *p)
{
	size_t n = p->drafts.len, *next;

	w->start = xcalloc(n + 2, sizeof(*w->start));
	w->missing = xcalloc(n + 1, sizeof(*w->missing));
	for (size_t i = 0; i < n; i++) {
		const struct task *t = p->drafts.ptr[i]->task;

		w->missing[i] = t->n_required;
		for (size_t k = 0; k < t->n_required; k++)
			w->start[t->required[k] + 1]++;
	}
	for (size_t i = 0; i < n; i++)
		w->start[i + 1] += w->start[i];
	w->who = xcalloc(w->start[n] + 1, sizeof(*w->who));
	next = xcalloc(n + 1, sizeof(*next));
	for (size_t i = 0; i < n; i++) {
		const struct task *t = p->drafts.ptr[i]->task;

		for (size_t k = 0; k < t->n_required; k++) {
			int64_t on = t->required[k];

			w->who[w->start[on] + next[on]++] = (int64_t)i;
		}
	}
	free(next);
}

/* Marks a task as done, and whatever waited only for it. */
static void finish(struct waiting *w, struct id_vec *ready)
{
	while (ready->len) {
		int64_t id = ready->ptr[--ready->len];

		for (size_t k = w->start[id]; k < w->start[id + 1]; k++)
			if (--w->missing[w->who[k]] == 0)
				id_vec_push(ready, w->who[k]);
	}
}

static int report_cycle(struct parser *p, const struct waiting *w)
{
	AUTO_BUF struct buf names = BUF_INIT(BUF_MESSAGE);
	const struct draft *one = NULL;

	for (size_t i = 0; i < p->drafts.len; i++) {
		const struct draft *d = p->drafts.ptr[i];

		if (!w->missing[i])
			continue;
		one = one ? one : d;
		buf_addf(&names, "%s%s", names.len ? ", " : "", d->task->name);
	}
	if (!one)
		return 0;
	fail_at(p, one->depends_at, "error in dependencies between tasks: %s",
		names.data);
	return fail_hint(p, "they wait for each other");
}

int dependencies_check(struct parser *p)
{
	struct waiting w;
	struct id_vec ready = {0};
	int r;

	waiting_init(&w, p);
	for (size_t i = 0; i < p->drafts.len; i++)
		if (!p->drafts.ptr[i]->task->n_required)
			id_vec_push(&ready, (int64_t)i);
	finish(&w, &ready);
	r = report_cycle(p, &w);
	id_vec_clear(&ready);
	free(w.start);
	free(w.who);
	free(w.missing);
	return r;
}

/* A task whose condition differs from that of what it waits for may wait for
 * something that is not there. */
void dependencies_warn(struct parser *p)
{
	for (size_t i = 0; i < p->drafts.len; i++) {
		const struct draft *d = p->drafts.ptr[i];

		for (size_t k = 0; k < d->task->n_required; k++) {
			const struct draft *on =
				p->drafts.ptr[d->task->required[k]];

			if (*on->only_if && strcmp(on->only_if, d->only_if))
				warn(p, d->task->at,
				     "task \"%s\" depends on task \"%s\", but "
				     "their only_if conditions are different",
				     d->task->name, on->task->name);
		}
	}
}
