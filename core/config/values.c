/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "config/condition.h"
#include "config/fields.h"
#include "config/number.h"

VEC_DEFINE(text_vec, const char *);

const char *expanded(struct draft *d, const struct node *at, const char *text)
{
	const char *e;

	if (!strpbrk(text, "$%"))
		return text;
	e = (d->early ? vars_expand_early : vars_expand)(draft_vars(d),
							 d->p->arena, text);
	if (!e)
		fail(d->p, at, "expands to more than %u bytes", EXPAND_MAX);
	return e;
}

const char *scalar_text(struct draft *d, const struct node *n)
{
	if (n->kind == NODE_SCALAR)
		return n->text;
	fail(d->p, n, "not a scalar value");
	return NULL;
}

static const char *expanded_scalar(struct draft *d, const struct node *n)
{
	const char *text = scalar_text(d, n);

	return text ? expanded(d, n, text) : NULL;
}

int field_ignored(struct draft *d, const struct node *n, void *at)
{
	(void)d;
	(void)n;
	(void)at;
	return 0;
}

int field_string(struct draft *d, const struct node *n, void *at)
{
	const char **out = at;

	*out = expanded_scalar(d, n);
	return *out ? 0 : -1;
}

int field_raw(struct draft *d, const struct node *n, void *at)
{
	const char **out = at;

	*out = scalar_text(d, n);
	return *out ? 0 : -1;
}

static int number(struct draft *d, const struct node *n, uint64_t max,
		  uint32_t *out)
{
	const char *text = expanded_scalar(d, n), *why;
	uint64_t value;

	if (!text)
		return -1;
	why = number_uint(d->p->arena, text, max, &value);
	if (why)
		return fail(d->p, n, "%s", why);
	*out = (uint32_t)value;
	return 0;
}

int field_u16(struct draft *d, const struct node *n, void *at)
{
	return number(d, n, UINT16_MAX, at);
}

int field_u32(struct draft *d, const struct node *n, void *at)
{
	return number(d, n, UINT32_MAX, at);
}

int field_memory(struct draft *d, const struct node *n, void *at)
{
	const char *text = expanded_scalar(d, n), *why;

	if (!text)
		return -1;
	why = number_memory(d->p->arena, text, at);
	if (!why)
		return 0;
	fail(d->p, n, "%s", why);
	return fail_hint(d->p, "write for example 4G or 512Mb");
}

int field_float(struct draft *d, const struct node *n, void *at)
{
	const char *text = expanded_scalar(d, n), *why;

	if (!text)
		return -1;
	why = number_float(d->p->arena, text, at);
	return why ? fail(d->p, n, "%s", why) : 0;
}

/* --- lists ---------------------------------------------------------------------- */

static char *trimmed(struct arena *a, const char *s, size_t len)
{
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	while (len && isspace((unsigned char)*s)) {
		s++;
		len--;
	}
	return arena_memdup0(a, s, len);
}

/* An entry that expands to "[a, b]" stands for both. */
static int add_expanded(struct draft *d, const struct node *n, const char *text,
			struct text_vec *out)
{
	const char *e = expanded(d, n, text), *s;
	size_t len = e ? strlen(e) : 0;

	if (!e)
		return -1;
	if (strcmp(e, text) == 0 || len < 2 || e[0] != '[' ||
	    e[len - 1] != ']') {
		text_vec_push(out, e);
		return 0;
	}
	for (s = e + 1;; s++) {
		size_t piece = strcspn(s, ",");
		bool last = !s[piece];

		text_vec_push(out,
			      trimmed(d->p->arena, s, piece - (last ? 1 : 0)));
		s += piece;
		if (last)
			return 0;
	}
}

static int strings(struct draft *d, const struct node *n, bool expand,
		   struct text_vec *out)
{
	const struct node *one = n;
	struct node *const *items = n->children;
	size_t count = n->n_children;

	if (n->kind == NODE_MAP)
		return fail(d->p, n,
			    "expected a scalar value or a list with "
			    "scalar values");
	if (n->kind == NODE_SCALAR) {
		items = (struct node *const *)&one;
		count = 1;
	}
	for (size_t i = 0; i < count; i++) {
		if (items[i]->kind != NODE_SCALAR)
			return fail(d->p, n, "list items should be scalars");
		if (!expand)
			text_vec_push(out, items[i]->text);
		else if (add_expanded(d, n, items[i]->text, out) < 0)
			return -1;
	}
	return 0;
}

static int field_list(struct draft *d, const struct node *n, bool expand,
		      const char *const **out)
{
	struct text_vec texts = {0};
	const char **list;
	int r = strings(d, n, expand, &texts);

	list = arena_alloc(d->p->arena, (texts.len + 1) * sizeof(*list));
	if (texts.len)
		memcpy(list, texts.ptr, texts.len * sizeof(*list));
	text_vec_clear(&texts);
	*out = list;
	return r;
}

int field_strings(struct draft *d, const struct node *n, void *at)
{
	return field_list(d, n, true, at);
}

int field_early_string(struct draft *d, const struct node *n, void *at)
{
	int r;

	d->early = true;
	r = field_string(d, n, at);
	d->early = false;
	return r;
}

int field_early_strings(struct draft *d, const struct node *n, void *at)
{
	int r;

	d->early = true;
	r = field_strings(d, n, at);
	d->early = false;
	return r;
}

int field_raw_strings(struct draft *d, const struct node *n, void *at)
{
	return field_list(d, n, false, at);
}

/* --- maps ----------------------------------------------------------------------- */

/* The value of a variable: a scalar, or a list of scalars joined by newlines. */
static const char *variable_value(struct draft *d, const struct node *n)
{
	AUTO_BUF struct buf joined = BUF_INIT(BUF_FILE);

	if (n->kind == NODE_SCALAR)
		return n->text;
	if (n->kind == NODE_MAP) {
		fail(d->p, n,
		     "expected a scalar value or a list with scalar "
		     "values");
		return NULL;
	}
	for (size_t i = 0; i < n->n_children; i++) {
		if (n->children[i]->kind != NODE_SCALAR) {
			fail(d->p, n->children[i],
			     "list should only contain scalar values");
			return NULL;
		}
		if (i)
			buf_addc(&joined, '\n');
		buf_adds(&joined, n->children[i]->text);
	}
	return arena_strdup(d->p->arena, joined.data);
}

static int map_each(struct draft *d, const struct node *map,
		    int (*each)(struct draft *d, const struct node *at,
				const char *name, const char *value, void *ctx),
		    void *ctx)
{
	for (size_t i = 0; i < map->n_children; i++) {
		const struct node *n = map->children[i];
		const char *value = variable_value(d, n);

		if (!value || each(d, n, n->name, value, ctx) < 0)
			return -1;
	}
	return 0;
}

int variables_each(struct draft *d, const struct node *n,
		   int (*each)(struct draft *d, const struct node *at,
			       const char *name, const char *value, void *ctx),
		   void *ctx)
{
	if (n->kind == NODE_MAP)
		return map_each(d, n, each, ctx);
	if (n->kind == NODE_SCALAR) {
		fail(d->p, n, "expected a map or a list of maps");
		return fail_hint(d->p, "write NAME: VALUE lines below it, or "
				       "{} for none");
	}
	for (size_t i = 0; i < n->n_children; i++) {
		if (n->children[i]->kind != NODE_MAP)
			return fail(d->p, n->children[i], "expected a map");
		if (map_each(d, n->children[i], each, ctx) < 0)
			return -1;
	}
	return 0;
}

static int set_expanded(struct draft *d, const struct node *at,
			const char *name, const char *value, void *ctx)
{
	const char *e = expanded(d, at, value);

	if (e)
		vars_set(ctx, d->p->arena, name, e);
	return e ? 0 : -1;
}

static int set_raw(struct draft *d, const struct node *at, const char *name,
		   const char *value, void *ctx)
{
	(void)at;
	vars_set(ctx, d->p->arena, name, value);
	return 0;
}

int field_pairs(struct draft *d, const struct node *n, void *at)
{
	struct pairs *out = at;
	struct vars vars = {0};
	int r = variables_each(d, n, set_expanded, &vars);

	*out = vars_pairs(&vars);
	return r;
}

int field_raw_map(struct draft *d, const struct node *n, void *at)
{
	struct pairs *out = at;
	struct vars vars = {0};

	if (n->kind != NODE_MAP)
		return fail(d->p, n, "expected a map");
	if (map_each(d, n, set_raw, &vars) < 0)
		return -1;
	*out = vars_pairs(&vars);
	return 0;
}

/* --- conditions ------------------------------------------------------------------- */

int condition_node(struct draft *d, const struct node *n, bool *out)
{
	const char *text = scalar_text(d, n);

	if (!text)
		return -1;
	return condition_evaluate(d->p, draft_vars(d), text, n->at, out);
}

int field_bool(struct draft *d, const struct node *n, void *at)
{
	return condition_node(d, n, at);
}
