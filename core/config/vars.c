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
static size_t place(const struct vars *vars, const char *name, bool *found)
{
	size_t low = 0, high = vars->len;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(vars->v[middle].key, name);

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
	size_t at = place(vars, name, &found);

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

void vars_unset(struct vars *vars, const char *name)
{
	bool found;
	size_t at = place(vars, name, &found);

	if (!found)
		return;
	vars->len--;
	memmove(vars->v + at, vars->v + at + 1,
		(vars->len - at) * sizeof(*vars->v));
}

const char *vars_get(const struct vars *vars, const char *name)
{
	bool found;
	size_t at = place(vars, name, &found);

	return found ? vars->v[at].value : NULL;
}

struct vars vars_overlay(struct arena *arena, const struct vars *base,
			 const struct vars *over)
{
	struct vars both = {0};
	size_t i = 0, j = 0;

	if (!over->len || !base->len) {
		both = over->len ? *over : *base;
		/* whoever sets more copies first */
		both.cap = both.len;
		return both;
	}
	reserve(&both, arena, base->len + over->len);
	while (i < base->len || j < over->len) {
		int order = i == base->len ? 1
			    : j == over->len
				    ? -1
				    : strcmp(base->v[i].key, over->v[j].key);

		both.v[both.len++] = order < 0 ? base->v[i] : over->v[j];
		i += order <= 0;
		j += order >= 0;
	}
	return both;
}

struct pairs vars_pairs(const struct vars *vars)
{
	return (struct pairs){vars->v, vars->len};
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
static bool replace_all(const struct vars *vars, bool early, struct buf *text,
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

static const char *expand(const struct vars *vars, struct arena *arena,
			  const char *text, bool early)
{
	AUTO_BUF struct buf now = BUF_INIT(EXPAND_MAX);
	AUTO_BUF struct buf spare = BUF_INIT(EXPAND_MAX);

	if (!strpbrk(text, "$%"))
		return text;
	buf_adds(&now, text);
	for (int round = 0; round < ROUNDS; round++) {
		AUTO_FREE char *before = xstrdup(now.data);

		if (!replace_all(vars, early, &now, &spare))
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
