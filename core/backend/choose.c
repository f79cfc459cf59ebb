/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/choose.h"

#include <string.h>

#include "backend/conn.h"
#include "backend/first.h"
#include "backend/hint.h"
#include "backend/loader.h"
#include "base/buf.h"

#define CHOICE_VARIABLE "CIRRUS_CONTAINER_BACKEND"

static void note(const struct backend_choice *choice, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

static void note(const struct backend_choice *choice, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	if (!choice->note)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	choice->note(choice->note_ctx, text);
}

/* --- one candidate ------------------------------------------------------------- */

static const struct cirrus_kind *kind_of(const struct backend *b,
					 const struct backend_choice *choice,
					 struct error **err)
{
	const struct cirrus_kind *kind = table_kind(&b->table, choice->kind);

	if (!kind)
		error_set(err, ERR_BACKEND,
			  "backend %s provides no environment of kind \"%s\"",
			  b->name, choice->kind);
	return kind;
}

static struct backend *load(const struct candidate *c,
			    const struct call_options *o, struct error **err)
{
	AUTO_ERROR struct error *cause = NULL;
	enum table_fault fault;
	struct backend *b = first_load(c, o, &fault, &cause);

	if (b)
		return b;
	if (backend_is_stuck()) {
		error_pass(err, &cause, NULL);
		return NULL;
	}
	error_pass(err, &cause, "backend %s is %s", c->name,
		   fault == TABLE_INCOMPATIBLE ? "incompatible" : "broken");
	return NULL;
}

/* What a person named is opened without being asked first: the answer of open
 * says as much, and an engine call costs time. */
static int connect_named(const struct candidate *c,
			 const struct backend_choice *choice,
			 const struct call_options *o, struct conn **out,
			 struct error **err)
{
	struct backend *b = load(c, o, err);
	const struct cirrus_kind *kind;
	struct settings settings;

	if (!b)
		return -1;
	kind = kind_of(b, choice, err);
	if (!kind || settings_make(&settings, b, choice, err) < 0 ||
	    first_open(b, kind, &settings, o, out, err) < 0)
		return -1;
	note(choice, "backend %s, as asked for", b->name);
	return 0;
}

/* One of many: asked first, because its open may go to some lengths. */
static int connect_tried(const struct candidate *c,
			 const struct backend_choice *choice,
			 const struct call_options *o, struct conn **out,
			 struct error **err)
{
	struct backend *b = load(c, o, err);
	const struct cirrus_kind *kind;
	AUTO_FREE char *words = NULL;
	struct settings settings;

	if (!b)
		return -1;
	kind = kind_of(b, choice, err);
	if (!kind || settings_make(&settings, b, choice, err) < 0 ||
	    first_probe(b, &settings, o, &words, err) < 0 ||
	    first_open(b, kind, &settings, o, out, err) < 0)
		return -1;
	note(choice, "backend %s: %s", b->name, words);
	return 0;
}

/* --- by name ---------------------------------------------------------------------- */

int choose_unknown(const char *name, const struct candidates *all,
		   struct error **err)
{
	AUTO_FREE char *where = search_directories();
	AUTO_STRV struct strv names = {0};

	for (size_t i = 0; i < all->len; i++)
		strv_push(&names, all->ptr[i].name);
	error_set(err, ERR_BACKEND, "unknown backend \"%s\": no plugin in %s",
		  name, where);
	hint_names(err, name, &names, "backends");
	return -1;
}

const struct candidate *choose_find(const char *name,
				    const struct candidates *all)
{
	for (size_t i = 0; i < all->len; i++)
		if (strcmp(all->ptr[i].name, name) == 0)
			return &all->ptr[i];
	return NULL;
}

static int connect_name(const char *name, const struct candidates *all,
			const struct backend_choice *choice,
			const struct call_options *o, struct conn **out,
			struct error **err)
{
	const struct candidate *c = choose_find(name, all);

	if (!c)
		return choose_unknown(name, all, err);
	return connect_named(c, choice, o, out, err);
}

/* --- automatically ---------------------------------------------------------------- */

static void to_front(struct candidates *list, const char *name)
{
	for (size_t i = 0; i < list->len; i++) {
		struct candidate c = list->ptr[i];

		if (strcmp(c.name, name) != 0)
			continue;
		memmove(list->ptr + 1, list->ptr, i * sizeof(c));
		list->ptr[0] = c;
		return;
	}
}

void choose_order(struct candidates *list)
{
	to_front(list, "podman");
	to_front(list, "docker");
}

int backend_none(struct error **err)
{
	AUTO_FREE char *where = search_directories();

	error_set(err, ERR_BACKEND, "no backend is installed: no plugin in %s",
		  where);
	return error_hint(err, "install the docker or podman backend of "
			       "cirrus");
}

/* Failures that are the user's to mend, whichever backend comes next; or none can
 * come next. */
static bool is_final(const struct error *e)
{
	return backend_is_stuck() || e->code == ERR_CANCELLED ||
	       e->code == ERR_CONFIG || e->code == ERR_USAGE;
}

static int connect_auto(struct candidates *all,
			const struct backend_choice *choice,
			const struct call_options *o, struct conn **out,
			struct error **err)
{
	AUTO_BUF struct buf reasons = BUF_INIT(BUF_LINE);
	AUTO_FREE char *hint = NULL;

	if (all->len == 0)
		return backend_none(err);
	choose_order(all);
	for (size_t i = 0; i < all->len; i++) {
		AUTO_ERROR struct error *cause = NULL;

		if (connect_tried(&all->ptr[i], choice, o, out, &cause) == 0)
			return 0;
		if (is_final(cause))
			return error_pass(err, &cause, NULL);
		note(choice, "passed over: %s", cause->msg);
		buf_addf(&reasons, "%s%s", i ? "; " : "", cause->msg);
		if (!hint)
			hint = xstrdup_or_null(cause->hint);
	}
	error_set(err, ERR_BACKEND, "no backend is usable: %s", reasons.data);
	return error_hint(err, "%s", hint ? hint : "cirrus backends");
}

/* --- what was asked for ----------------------------------------------------------- */

int choose_check_options(const struct backend_choice *choice,
			 const struct candidates *all, struct error **err)
{
	for (size_t i = 0; i < choice->n_options; i++) {
		const struct backend_option *o = &choice->options[i];

		if (choose_find(o->name, all))
			continue;
		choose_unknown(o->name, all, err);
		error_prefix(err, "--backend-option %s.%s", o->name, o->key);
		return -1;
	}
	return 0;
}

int backend_connect(const struct backend_choice *choice,
		    const struct call_options *opts, struct conn **out,
		    struct error **err)
{
	AUTO_CANDIDATES struct candidates all = {0};
	const char *name = choice->name;
	struct candidate path;

	if (!name || !name[0])
		name = getenv(CHOICE_VARIABLE);
	if (!name || !name[0])
		name = "auto";
	search_all(&all);
	if (strchr(name, '/')) {
		if (search_path(name, &path, err) < 0)
			return -1;
		candidates_push(&all, path);
	}
	if (choose_check_options(choice, &all, err) < 0)
		return -1;
	if (strchr(name, '/'))
		return connect_named(&all.ptr[all.len - 1], choice, opts, out,
				     err);
	if (strcmp(name, "auto") == 0)
		return connect_auto(&all, choice, opts, out, err);
	return connect_name(name, &all, choice, opts, out, err);
}
