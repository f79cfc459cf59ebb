/* SPDX-License-Identifier: MIT */
/* Labels tell tasks of the same name apart: what is not common to all of them. */
#include "config.h"

#include "config/parser.h"

#include <stdlib.h>
#include <string.h>

#include "base/strv.h"
#include "model/environment.h"

VEC_DEFINE(label_vec, const char *);

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_name(const void *a, const void *b)
{
	const struct task *x = (*(struct draft *const *)a)->task;
	const struct task *y = (*(struct draft *const *)b)->task;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void add(struct parser *p, struct label_vec *out, const char *key,
		const char *value)
{
	label_vec_push(out, arena_printf(p->arena, "%s:%s", key, value));
}

/* Labels of an instance without a value are dropped. */
static void add_filled(struct parser *p, struct label_vec *out, const char *key,
		       const char *value)
{
	if (value && *value && !str_ends(value, ":"))
		add(p, out, key, value);
}

static void container_labels(struct parser *p, const struct container *c,
			     struct label_vec *out)
{
	if (c->dockerfile && *c->dockerfile) {
		add_filled(p, out, "Dockerfile", c->dockerfile);
		for (size_t i = 0; i < c->docker_arguments.len; i++)
			add_filled(p, out, c->docker_arguments.v[i].key,
				   c->docker_arguments.v[i].value);
	} else {
		add_filled(p, out, "container", c->image);
		add_filled(p, out, "os", c->os_version);
	}
	for (size_t i = 0; i < c->n_additional; i++)
		add_filled(p, out,
			   c->additional[i].name ? c->additional[i].name : "",
			   c->additional[i].image);
}

static bool is_encrypted(const char *value)
{
	return str_starts(value, "ENCRYPTED[") && str_ends(value, "]");
}

static bool has_labels(const struct draft *d)
{
	const struct instance *i = &d->task->instance;

	return i->kind != INSTANCE_NONE && i->kind != INSTANCE_OTHER;
}

static void variable_label(struct draft *d, const char *name, const char *value,
			   struct label_vec *out)
{
	if (value && !is_encrypted(value) && !environment_is_secret(name))
		add(d->p, out, name, value);
}

/* Of the variables that all tasks share, those alone that some task of the group
 * says otherwise: the rest is common. */
static void labels_of(struct draft *d, const struct vars *differ,
		      struct label_vec *out)
{
	const struct instance *i = &d->task->instance;

	if (!has_labels(d))
		return;
	if (i->kind == INSTANCE_CONTAINER)
		container_labels(d->p, &i->container, out);
	else if (i->kind == INSTANCE_PIPE)
		label_vec_push(out, "pipe");
	for (size_t k = 0; k < d->env.len; k++)
		variable_label(d, d->env.v[k].key, d->env.v[k].value, out);
	for (size_t k = 0; d->env.base && k < differ->len; k++)
		if (!vars_has(&d->env, differ->v[k].key))
			variable_label(d, differ->v[k].key,
				       vars_get(&d->env, differ->v[k].key),
				       out);
}

/* Whether a label occurs exactly n times among all, which are sorted. */
static bool is_common(const struct label_vec *all, const char *label, size_t n)
{
	size_t low = 0, high = all->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(all->ptr[middle], label) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low + n <= all->len &&
	       strcmp(all->ptr[low + n - 1], label) == 0 &&
	       (low + n == all->len || strcmp(all->ptr[low + n], label) != 0);
}

static const char *const *unique(struct parser *p, const struct label_vec *own,
				 const struct label_vec *all, size_t n)
{
	const char **list =
		arena_alloc(p->arena, (own->len + 1) * sizeof(*list));
	size_t len = 0;

	for (size_t i = 0; i < own->len; i++)
		if (!is_common(all, own->ptr[i], n))
			list[len++] = own->ptr[i];
	qsort(list, len, sizeof(*list), by_text);
	return list;
}

static void add_names(struct parser *p, const struct pair *v, size_t n,
		      struct vars *out)
{
	for (size_t i = 0; i < n; i++)
		vars_set(out, p->arena, v[i].key, "");
}

/* The names of variables of which not all tasks of the group have the label that
 * is shared. */
static void say_different(struct parser *p, struct draft **group, size_t n,
			  struct vars *out)
{
	const struct pairs *shared = p->shared_env;
	bool all_share = true;

	for (size_t i = 0; i < n; i++) {
		add_names(p, group[i]->env.v, group[i]->env.len, out);
		all_share &= group[i]->env.base && has_labels(group[i]);
	}
	if (shared && !all_share)
		add_names(p, shared->v, shared->len, out);
}

/* Tasks that share a name. */
static void label_group(struct parser *p, struct draft **group, size_t n)
{
	struct label_vec *own = xcalloc(n, sizeof(*own)), all = {0};
	struct vars differ = {0};

	say_different(p, group, n, &differ);
	for (size_t i = 0; i < n; i++) {
		labels_of(group[i], &differ, &own[i]);
		for (size_t k = 0; k < own[i].len; k++)
			label_vec_push(&all, own[i].ptr[k]);
	}
	if (all.len)
		qsort(all.ptr, all.len, sizeof(*all.ptr), by_text);
	for (size_t i = 0; i < n; i++) {
		group[i]->task->labels = unique(p, &own[i], &all, n);
		label_vec_clear(&own[i]);
	}
	label_vec_clear(&all);
	free(own);
}

void labels_assign(struct parser *p)
{
	size_t n = 0, end;
	struct draft **sorted = xcalloc(p->drafts.len + 1, sizeof(*sorted));

	for (size_t i = 0; i < p->drafts.len; i++)
		if (!p->drafts.ptr[i]->task->filtered)
			sorted[n++] = p->drafts.ptr[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n; end++)
			if (strcmp(sorted[end]->task->name,
				   sorted[i]->task->name) != 0)
				break;
		if (end - i > 1)
			label_group(p, sorted + i, end - i);
	}
	free(sorted);
}
