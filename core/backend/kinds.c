/* SPDX-License-Identifier: MIT */
/* The kinds of environment that backends provide, with their options: told by
 * the plugins in processes of their own, as lines
 *
 *	kind=NAME
 *	option=TYPE FLAGS NAME
 *	choice=TEXT
 *
 * of which an option belongs to the kind before it, a choice to the option. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "backend/apart.h"
#include "backend/backend.h"
#include "backend/choose.h"
#include "backend/loader.h"
#include "backend/value.h"
#include "base/clock.h"
#include "base/strv.h"
#include "base/vec.h"

#define KINDS_MS 5000

VEC_DEFINE(kind_vec, struct backend_kind);
VEC_DEFINE(option_vec, const struct cirrus_option *);
VEC_DEFINE(text_vec, char *);

/* --- in the child ------------------------------------------------------------- */

static void put_option(int fd, const struct cirrus_option *o)
{
	AUTO_FREE char *line =
		xasprintf("%u %u %s", o->type, o->flags, o->name);

	apart_put(fd, "option", line);
	for (size_t i = 0; o->choices && o->choices[i]; i++)
		apart_put(fd, "choice", o->choices[i]);
}

static void tell(int fd, void *ctx)
{
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;
	const struct backend *b = loader_load(ctx, &fault, &err);

	if (!b) {
		apart_put(fd, "error", err->msg);
		apart_end(fd);
		return;
	}
	for (size_t i = 0; b->table.kinds[i]; i++) {
		const struct cirrus_kind *k = b->table.kinds[i];

		apart_put(fd, "kind", k->name);
		for (size_t o = 0; k->options && k->options[o]; o++)
			put_option(fd, k->options[o]);
	}
	apart_end(fd);
}

/* --- in the parent ------------------------------------------------------------ */

struct reading {
	struct arena *arena;
	const char *backend;
	struct kind_vec kinds;
	struct option_vec options; /* of the last kind */
	struct text_vec choices;   /* of the last option */
};

static void *kept(struct arena *a, const void *from, size_t n)
{
	void **to = arena_alloc(a, (n + 1) * sizeof(*to));

	if (n)
		memcpy(to, from, n * sizeof(*to));
	return to;
}

/* The last option has all its choices now. */
static void end_option(struct reading *r)
{
	struct cirrus_option *last;

	if (r->choices.len) {
		last = (struct cirrus_option *)
			       r->options.ptr[r->options.len - 1];
		last->choices = kept(r->arena, r->choices.ptr, r->choices.len);
	}
	r->choices.len = 0;
}

static void end_kind(struct reading *r)
{
	end_option(r);
	if (r->kinds.len)
		r->kinds.ptr[r->kinds.len - 1].options =
			kept(r->arena, r->options.ptr, r->options.len);
	r->options.len = 0;
}

static void begin_option(struct reading *r, char *text)
{
	struct cirrus_option *o = ARENA_NEW(r->arena, struct cirrus_option);

	end_option(r);
	o->struct_size = sizeof(*o);
	o->type = (uint32_t)strtoul(text, &text, 10);
	o->flags = (uint32_t)strtoul(text, &text, 10);
	o->name = text + 1;
	option_vec_push(&r->options, o);
}

static void read_line(struct reading *r, const char *line, size_t len)
{
	char *key = arena_memdup0(r->arena, line, len);
	char *value = strchr(key, '=');

	if (!value)
		return;
	*value++ = '\0';
	if (strcmp(key, "kind") == 0) {
		end_kind(r);
		kind_vec_push(&r->kinds,
			      (struct backend_kind){r->backend, value, NULL});
	} else if (strcmp(key, "option") == 0) {
		begin_option(r, value);
	} else if (strcmp(key, "choice") == 0) {
		text_vec_push(&r->choices, value);
	}
}

static void read_answer(struct reading *r, const struct apart *c)
{
	size_t before = r->kinds.len;

	for (const char *line = c->answer.data; *line;) {
		size_t len = strcspn(line, "\n");

		read_line(r, line, len);
		line += len + (line[len] == '\n');
	}
	if (r->kinds.len > before)
		end_kind(r);
}

static char *broken(struct arena *a, const char *name, const struct apart *c)
{
	AUTO_FREE char *why = apart_get(c, "error");

	return arena_printf(a, "backend %s is broken: %s", name,
			    why ? why : "it crashes or hangs");
}

static void take(struct backend_kinds *out, const struct candidates *all,
		 struct apart *children, size_t n)
{
	struct reading r = {.arena = &out->arena};
	struct text_vec wrong = {0};

	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *why = apart_get(&children[i], "error");

		r.backend = arena_strdup(&out->arena, all->ptr[i].name);
		if (apart_ended(&children[i]) && !why)
			read_answer(&r, &children[i]);
		else
			text_vec_push(&wrong, broken(&out->arena, r.backend,
						     &children[i]));
		apart_clear(&children[i]);
	}
	out->len = r.kinds.len;
	out->v = arena_alloc(&out->arena, (out->len + 1) * sizeof(*out->v));
	if (out->len)
		memcpy(out->v, r.kinds.ptr, out->len * sizeof(*out->v));
	out->broken = kept(&out->arena, wrong.ptr, wrong.len);
	kind_vec_clear(&r.kinds);
	option_vec_clear(&r.options);
	text_vec_clear(&r.choices);
	text_vec_clear(&wrong);
}

int backend_kinds(struct backend_kinds *out, struct error **err)
{
	AUTO_CANDIDATES struct candidates all = {0};
	AUTO_FREE struct apart *children = NULL;
	size_t n = 0;
	int r = 0;

	*out = (struct backend_kinds){0};
	search_all(&all);
	choose_order(&all);
	children = xcalloc(all.len + 1, sizeof(*children));
	while (n < all.len && r == 0) {
		r = apart_start(&children[n], tell, &all.ptr[n], err);
		n += r == 0;
	}
	apart_collect(children, n, clock_after_ms(KINDS_MS));
	take(out, &all, children, n);
	return r;
}

void backend_kinds_clear(struct backend_kinds *k)
{
	arena_free(&k->arena);
	*k = (struct backend_kinds){0};
}

int backend_option_check(const struct cirrus_option *option, const char *text,
			 struct error **err)
{
	AUTO_ARENA struct arena a = {0};

	return value_check(option, text, &a, err) ? 0 : -1;
}
