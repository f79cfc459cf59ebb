/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/fields.h"

#include <stdint.h>
#include <string.h>

#include "base/strv.h"
#include "base/suggest.h"
#include "config/names.h"

void map_expect(struct draft *d, const struct node *n)
{
	bool empty = (n->kind == NODE_SCALAR && !n->text[0]) ||
		     (n->kind == NODE_LIST && n->n_children == 0);

	if (n->kind != NODE_MAP && !empty)
		warn(d->p, n->at, "expected a map, found %s",
		     node_kind_name(n->kind));
}

static bool takes(const struct field *f, const char *key, char last)
{
	if (!(f->flags & FIELD_SUFFIX))
		return same_name(f->name, key);
	return f->name[strlen(f->name) - 1] == last && str_ends(key, f->name);
}

static const struct field *find(const struct field *fields, const char *key)
{
	char last = *key ? key[strlen(key) - 1] : '\0';

	for (; fields->name; fields++)
		if (takes(fields, key, last))
			return fields;
	return NULL;
}

static int check_required(struct draft *d, const struct node *n,
			  const struct field *fields, uint64_t seen)
{
	for (size_t i = 0; fields[i].name; i++)
		if (fields[i].flags & FIELD_REQUIRED && !(seen >> i & 1))
			return fail(d->p, n,
				    "required field \"%s\" was not set",
				    fields[i].name);
	return 0;
}

int map_fields(struct draft *d, const struct node *n,
	       const struct field *fields, void *out,
	       void (*unknown)(struct draft *d, const struct node *key,
			       const char *what, const struct field *fields),
	       const char *what)
{
	struct names last = names_of(d->p->arena, n->children, n->n_children);
	uint64_t seen = 0;

	for (size_t i = 0; i < n->n_children; i++) {
		const struct node *child = n->children[i];
		const struct field *f = find(fields, child->name);

		if (!f) {
			if (n->kind == NODE_MAP)
				unknown(d, child, what, fields);
			continue;
		}
		if (!(f->flags & FIELD_REPEATS) &&
		    names_find(&last, child->name) != i)
			continue;
		seen |= (uint64_t)1 << (f - fields);
		if (f->parse(d, child, (char *)out + f->offset) < 0)
			return -1;
	}
	return check_required(d, n, fields, seen);
}

/* "install_scirpt" -> "install_script": the part behind the last underscore is
 * compared with what names may end in. */
static const char *suggest_suffix(struct draft *d, const char *key,
				  const struct field *fields)
{
	const char *tail = strrchr(key, '_');
	const char *suffixes[32];
	size_t n = 0;

	if (!tail)
		return NULL;
	for (; fields->name; fields++)
		if (fields->flags & FIELD_SUFFIX && n + 1 < ARRAY_LEN(suffixes))
			suffixes[n++] = fields->name;
	suffixes[n] = NULL;
	tail = suggest(tail + 1, suffixes);
	if (!tail)
		return NULL;
	return arena_printf(d->p->arena, "%.*s_%s",
			    (int)(strrchr(key, '_') - key), key, tail);
}

const char *field_suggest(struct draft *d, const char *key,
			  const struct field *fields, const char *const *others)
{
	const char *names[64], *found;
	size_t n = 0;

	for (const struct field *f = fields; f->name; f++)
		if (f->parse != field_ignored && n + 1 < ARRAY_LEN(names))
			names[n++] = f->name;
	for (; others && *others && n + 1 < ARRAY_LEN(names); others++)
		names[n++] = *others;
	names[n] = NULL;
	found = suggest(key, names);
	return found ? found : suggest_suffix(d, key, fields);
}

void map_unknown(struct draft *d, const struct node *key, const char *what,
		 const struct field *fields)
{
	if (lint_known(d->p, key->at))
		return;
	lint(d->p, key->at, field_suggest(d, key->name, fields, NULL),
	     "unknown field \"%s\" in %s", key->name, what);
}

int map_parse(struct draft *d, const struct node *n, const char *what,
	      const struct field *fields, void *out)
{
	map_expect(d, n);
	return map_fields(d, n, fields, out, map_unknown, what);
}
