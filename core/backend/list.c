/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>
#include <sys/wait.h>

#include "backend/apart.h"
#include "backend/choose.h"
#include "backend/conn.h"
#include "backend/crash.h"
#include "base/clock.h"

/* After this long whoever has not answered will not: the time that a probe has,
 * and a plugin's time to see that it is over. */
#define LIST_MS (CHOOSE_PROBE_MS + 500)

static const char *const states[] = {
	[BACKEND_READY] = "ready",
	[BACKEND_UNAVAILABLE] = "unavailable",
	[BACKEND_BROKEN] = "broken",
	[BACKEND_INCOMPATIBLE] = "incompatible",
};

const char *backend_state_name(enum backend_state s)
{
	return states[s];
}

/* --- in the child ------------------------------------------------------------- */

struct looking {
	const struct candidate *candidate;
	const struct backend_choice *choice;
};

static void put_result(int fd, enum backend_state state, const char *detail,
		       const char *hint)
{
	apart_put(fd, "state", states[state]);
	apart_put(fd, "detail", detail);
	if (hint)
		apart_put(fd, "hint", hint);
	apart_end(fd);
}

static void put_table(int fd, const struct cirrus_backend *t)
{
	AUTO_FREE char *abi = xasprintf("%u.%u", t->abi_major, t->abi_minor);
	AUTO_BUF struct buf kinds = BUF_INIT(BUF_LINE);

	for (size_t i = 0; t->kinds[i]; i++)
		buf_addf(&kinds, "%s%s", i ? " " : "", t->kinds[i]->name);
	apart_put(fd, "version", t->version);
	apart_put(fd, "abi", abi);
	apart_put(fd, "kinds", kinds.data);
}

static void put_probe(int fd, const struct backend *b,
		      const struct backend_choice *choice)
{
	const struct call_options o = {
		.deadline_ns = clock_after_ms(CHOOSE_PROBE_MS),
	};
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *detail = NULL;
	struct settings settings = {0};
	struct cirrus_probe probe;

	if (settings_make(&settings, b, choice, &err) < 0 ||
	    conn_probe(b, &settings, &o, &probe, &err) != CIRRUS_OK) {
		/* The line begins with the name already. */
		size_t skip = strlen(b->name);
		bool named = strncmp(err->msg, b->name, skip) == 0 &&
			     strncmp(err->msg + skip, ": ", 2) == 0;

		put_result(fd, BACKEND_UNAVAILABLE,
			   err->msg + (named ? skip + 2 : 0), err->hint);
		return;
	}
	detail = probe_text(&probe);
	put_result(fd, BACKEND_READY, detail, NULL);
}

static void look(int fd, void *ctx)
{
	const struct looking *l = ctx;
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;
	struct backend *b;

	apart_put(fd, "stage", "while it was loaded");
	b = loader_load(l->candidate, &fault, &err);
	if (!b) {
		put_result(fd,
			   fault == TABLE_INCOMPATIBLE ? BACKEND_INCOMPATIBLE
						       : BACKEND_BROKEN,
			   err->msg, err->hint);
		return;
	}
	put_table(fd, &b->table);
	apart_put(fd, "stage", "in its probe");
	put_probe(fd, b, l->choice);
}

/* --- in the parent ------------------------------------------------------------ */

/* Why there is no answer, from how the child has ended. */
static char *what_happened(const struct apart *c)
{
	AUTO_FREE char *stage = apart_get(c, "stage");
	const char *where = stage ? stage : "at once";

	if (c->killed)
		return xasprintf("hangs %s", where);
	if (WIFSIGNALED(c->status))
		return xasprintf("crashed %s (%s)", where,
				 crash_signal_text(WTERMSIG(c->status)));
	return xasprintf("ended the process %s", where);
}

static enum backend_state state_of(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(states); i++)
		if (strcmp(states[i], name) == 0)
			return (enum backend_state)i;
	return BACKEND_BROKEN;
}

static struct backend_listing listing(const struct candidate *candidate,
				      const struct apart *c)
{
	AUTO_FREE char *state = apart_get(c, "state");
	struct backend_listing l = {
		.name = xstrdup(candidate->name),
		.path = xstrdup_or_null(candidate->path),
		.version = apart_get(c, "version"),
		.abi = apart_get(c, "abi"),
		.kinds = apart_get(c, "kinds"),
	};

	if (apart_ended(c)) {
		l.state = state_of(state);
		l.detail = apart_get(c, "detail");
		l.hint = apart_get(c, "hint");
	} else {
		l.state = BACKEND_BROKEN;
		l.detail = what_happened(c);
		l.hint = xstrdup("this is a defect of the plugin");
	}
	return l;
}

/* Whether words separated by spaces hold this one. */
static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; p && *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (n == len && strncmp(p, word, len) == 0)
			return true;
		p += n;
	}
	return false;
}

static void mark_chosen(struct backend_list *list, const char *kind)
{
	for (size_t i = 0; i < list->len; i++) {
		struct backend_listing *l = &list->v[i];

		if (l->state != BACKEND_READY || !has_word(l->kinds, kind))
			continue;
		l->chosen = true;
		return;
	}
}

static int start_all(const struct candidates *all,
		     const struct backend_choice *choice,
		     struct apart *children, size_t *n, struct error **err)
{
	for (*n = 0; *n < all->len; (*n)++) {
		struct looking l = {&all->ptr[*n], choice};

		if (apart_start(&children[*n], look, &l, err) < 0)
			return -1;
	}
	return 0;
}

int backend_list(struct backend_list *out, const struct backend_choice *choice,
		 struct error **err)
{
	AUTO_CANDIDATES struct candidates all = {0};
	AUTO_FREE struct apart *children = NULL;
	size_t n;
	int result;

	*out = (struct backend_list){0};
	search_all(&all);
	if (choose_check_options(choice, &all, err) < 0)
		return -1;
	choose_order(&all);
	children = xcalloc(all.len + 1, sizeof(*children));
	out->v = xcalloc(all.len + 1, sizeof(*out->v));
	result = start_all(&all, choice, children, &n, err);
	apart_collect(children, n, clock_after_ms(LIST_MS));
	for (size_t i = 0; i < n; i++) {
		out->v[out->len++] = listing(&all.ptr[i], &children[i]);
		apart_clear(&children[i]);
	}
	mark_chosen(out, choice->kind);
	return result;
}

void backend_list_clear(struct backend_list *l)
{
	for (size_t i = 0; i < l->len; i++) {
		free(l->v[i].name);
		free(l->v[i].version);
		free(l->v[i].abi);
		free(l->v[i].path);
		free(l->v[i].detail);
		free(l->v[i].hint);
		free(l->v[i].kinds);
	}
	free(l->v);
	*l = (struct backend_list){0};
}
