/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/vars.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/strv.h"

#define ROUNDS 10

/* Where the name stands, or where it would have to stand. */
static size_t place(const struct pair *v, size_t len, const char *name,
		    bool *found)
{
	size_t low = 0, high = len;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(v[middle].key, name);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void reserve(struct vars *vars, struct arena *arena, size_t cap)
{
	struct pair *v;

	if (cap <= vars->cap)
		return;
	v = arena_alloc(arena, cap * sizeof(*v));
	if (vars->len)
		memcpy(v, vars->v, vars->len * sizeof(*v));
	vars->v = v;
	vars->cap = cap;
}

void vars_set(struct vars *vars, struct arena *arena, const char *name,
	      const char *value)
{
	bool found;
	size_t at = place(vars->v, vars->len, name, &found);

	if (found) {
		vars->v[at].value = value;
		return;
	}
	if (vars->len == vars->cap)
		reserve(vars, arena, vars->cap ? vars->cap * 2 : 8);
	memmove(vars->v + at + 1, vars->v + at,
		(vars->len - at) * sizeof(*vars->v));
	vars->v[at] = (struct pair){name, value};
	vars->len++;
}

static const char *get(const struct pairs *p, const char *name)
{
	bool found = false;
	size_t at = 0;

	for (; p && !found; p = found ? p : p->base)
		at = place(p->v, p->len, name, &found);
	return found ? p->v[at].value : NULL;
}

void vars_unset(struct vars *vars, struct arena *arena, const char *name)
{
	bool found;
	size_t at;

	if (get(vars->base, name)) {
		vars_set(vars, arena, name, NULL);
		return;
	}
	at = place(vars->v, vars->len, name, &found);
	if (!found)
		return;
	vars->len--;
	memmove(vars->v + at, vars->v + at + 1,
		(vars->len - at) * sizeof(*vars->v));
}

bool vars_has(const struct vars *vars, const char *name)
{
	bool found;

	place(vars->v, vars->len, name, &found);
	return found;
}

const char *vars_get(const struct vars *vars, const char *name)
{
	const struct pairs all = vars_pairs(vars);

	return get(&all, name);
}

struct vars vars_overlay(struct arena *arena, const struct vars *base,
			 const struct vars *over)
{
	struct pairs *below;
	struct vars both = *base;

	if (over->len && (base->len || base->base)) {
		below = ARENA_NEW(arena, struct pairs);
		*below = vars_pairs(base);
		both = (struct vars){.v = over->v, .len = over->len};
		both.base = below;
	} else if (over->len) {
		both = *over;
	}
	/* whoever sets more copies first */
	both.cap = both.len;
	return both;
}

struct pairs vars_pairs(const struct vars *vars)
{
	return (struct pairs){vars->v, vars->len, vars->base};
}

/* --- expansion ---------------------------------------------------------------- */

struct form {
	char lead;
	const char *open, *close;
};
static const struct form forms[] = {
	{'$', "$", ""}, {'$', "${", "}"}, {'%', "%", "%"}};

/* Whether $NAME at s is the beginning of a name that tasks know. */
static bool is_cut(const char *s, size_t len)
{
	return (isalnum((unsigned char)s[len]) || s[len] == '_') &&
	       (str_starts(s, "$CIRRUS_") || str_starts(s, "$CI_NODE_"));
}

/* The length of "${NAME}" at s, or 0 where s begins with something else. */
static size_t reference(const char *s, const struct form *form,
			const char *name, size_t name_len)
{
	size_t open = strlen(form->open), close = strlen(form->close);

	if (strncmp(s, form->open, open) != 0 ||
	    strncmp(s + open, name, name_len) != 0 ||
	    strncmp(s + open + name_len, form->close, close) != 0)
		return 0;
	return open + name_len + close;
}

/* Replaces all references of one form to one name in `from`; where there are
 * any, the result is in `to`. */
static bool replace(const char *from, const struct form *form, bool early,
		    const struct pair *var, struct buf *to)
{
	size_t name_len = strlen(var->key), n;
	const char *rest = from;

	buf_reset(to);
	for (const char *s = strchr(from, form->lead); s;
	     s = strchr(s, form->lead)) {
		n = reference(s, form, var->key, name_len);
		if (!n || (early && !*form->close && is_cut(s, n))) {
			s++;
			continue;
		}
		buf_add(to, rest, (size_t)(s - rest));
		buf_adds(to, var->value);
		s += n;
		rest = s;
	}
	if (rest == from)
		return false;
	buf_adds(to, rest);
	return true;
}

/* One round over all names, greatest first; whether anything changed, and
 * overflow in *text where it grew too long. */
static bool replace_all(const struct pairs *vars, bool early, struct buf *text,
			struct buf *spare)
{
	bool changed = false;

	for (size_t i = vars->len; i > 0; i--) {
		for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
			struct buf swap = *text;

			if (!replace(text->data, &forms[f], early,
				     &vars->v[i - 1], spare))
				continue;
			changed = true;
			*text = *spare;
			*spare = swap;
			if (text->overflow)
				return false;
		}
	}
	return changed;
}

/* In one piece, for free() where there are bases. */
static struct pairs flatten(const struct vars *vars, struct pair **own)
{
	const struct pairs all = vars_pairs(vars);
	struct pairs_walk w = pairs_walk(&all);
	const struct pair *pair;
	struct pairs flat = {0};
	size_t room = 0;

	if (!vars->base)
		return all;
	for (const struct pairs *p = &all; p; p = p->base)
		room += p->len;
	flat.v = *own = xcalloc(room + 1, sizeof(*flat.v));
	while ((pair = pairs_next(&w)))
		flat.v[flat.len++] = *pair;
	return flat;
}

static const char *expand(const struct vars *vars, struct arena *arena,
			  const char *text, bool early)
{
	AUTO_FREE struct pair *own = NULL;
	struct pairs flat;

	AUTO_BUF struct buf now = BUF_INIT(EXPAND_MAX);
	AUTO_BUF struct buf spare = BUF_INIT(EXPAND_MAX);

	if (!strpbrk(text, "$%"))
		return text;
	flat = flatten(vars, &own);
	buf_adds(&now, text);
	for (int round = 0; round < ROUNDS; round++) {
		AUTO_FREE char *before = xstrdup(now.data);

		if (!replace_all(&flat, early, &now, &spare))
			break;
		if (strcmp(before, now.data) == 0)
			break;
	}
	return now.overflow ? NULL : arena_strdup(arena, now.data);
}

const char *vars_expand(const struct vars *vars, struct arena *arena,
			const char *text)
{
	return expand(vars, arena, text, false);
}

const char *vars_expand_early(const struct vars *vars, struct arena *arena,
			      const char *text)
{
	return expand(vars, arena, text, true);
}
