/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/first.h"

#include "backend/choose.h"
#include "backend/conn.h"
#include "backend/watch.h"
#include "base/clock.h"

#define LOAD_MS 10000
#define OPEN_MS 30000

static struct call_options within(const struct call_options *o, int64_t ms)
{
	struct call_options limited = *o;
	int64_t deadline = clock_after_ms(ms);

	if (!limited.deadline_ns || limited.deadline_ns > deadline)
		limited.deadline_ns = deadline;
	return limited;
}

static int hangs(enum watch_end end, const char *name, const char *what,
		 struct error **err)
{
	error_set(err, end == WATCH_CANCELLED ? ERR_CANCELLED : ERR_BACKEND,
		  "backend %s does not answer: %s hangs", name, what);
	return error_hint(err, "choose another with --container-backend=NAME");
}

/* --- loading ------------------------------------------------------------------ */

struct loading {
	struct candidate candidate;
	struct backend *backend;
	enum table_fault fault;
	struct error *error;
};

static void loading_free(void *data)
{
	struct loading *l = data;

	candidate_clear(&l->candidate);
	error_free(l->error);
	free(l);
}

static void load_work(void *data)
{
	struct loading *l = data;

	l->backend = loader_load(&l->candidate, &l->fault, &l->error);
}

struct backend *first_load(const struct candidate *c,
			   const struct call_options *o,
			   enum table_fault *fault, struct error **err)
{
	const struct call_options limited = within(o, LOAD_MS);
	AUTO_FREE char *what =
		xasprintf("loading %s", c->path ? c->path : c->name);
	struct loading *l = xcalloc(1, sizeof(*l));
	struct backend *loaded;
	enum watch_end end;

	l->candidate = (struct candidate){
		xstrdup(c->name), xstrdup_or_null(c->path), c->user_named};
	end = watch_run(load_work, loading_free, l, &limited);
	*fault = TABLE_BROKEN;
	if (end != WATCH_DONE) {
		hangs(end, c->name, what, err);
		return NULL;
	}
	*fault = l->fault;
	loaded = l->backend;
	if (!loaded)
		error_pass(err, &l->error, NULL);
	loading_free(l);
	return loaded;
}

bool backend_is_stuck(void)
{
	return loader_busy();
}

/* --- calling ------------------------------------------------------------------ */

/* One call, on a thread that outlives us where the plugin hangs; all that it
 * uses is its own. */
struct first {
	struct backend *backend;
	const struct cirrus_kind *kind; /* the table's */
	struct settings settings;
	struct call_options options;
	struct cirrus_probe answer;
	struct conn *conn;
	bool failed;
	struct error *error;
};

static struct first *first_new(const struct backend *b,
			       struct settings *settings,
			       const struct call_options *o, int64_t ms)
{
	struct first *f = xcalloc(1, sizeof(*f));

	f->backend = (struct backend *)(uintptr_t)b;
	f->settings = *settings;
	*settings = (struct settings){0};
	f->options = within(o, ms);
	return f;
}

static void first_free(void *data)
{
	struct first *f = data;

	if (f->conn)
		conn_close(f->conn, &(struct call_options){0});
	settings_clear(&f->settings);
	error_free(f->error);
	free(f);
}

/* -1 where it failed, or did not come back: then it owns what it uses. */
static int first_run(struct first *f, void (*work)(void *), const char *op,
		     struct error **err)
{
	const struct call_options o = f->options;
	const char *name = f->backend->name;
	AUTO_FREE char *what = xasprintf("its %s", op);
	enum watch_end end = watch_run(work, first_free, f, &o);

	if (end == WATCH_DONE && !f->failed)
		return 0;
	if (end == WATCH_DONE) {
		error_pass(err, &f->error, NULL);
		first_free(f);
		return -1;
	}
	return hangs(end, name, what, err);
}

static void probe_work(void *data)
{
	struct first *f = data;

	f->failed = conn_probe(f->backend, &f->settings, &f->options,
			       &f->answer, &f->error) != CIRRUS_OK;
}

int first_probe(const struct backend *b, struct settings *settings,
		const struct call_options *o, char **words, struct error **err)
{
	struct first *f = first_new(b, settings, o, CHOOSE_PROBE_MS);

	if (first_run(f, probe_work, "probe", err) < 0)
		return -1;
	*settings = f->settings;
	f->settings = (struct settings){0};
	*words = probe_text(&f->answer);
	first_free(f);
	return 0;
}

static void open_work(void *data)
{
	struct first *f = data;

	f->failed = conn_open(f->backend, f->kind, &f->settings, &f->options,
			      &f->conn, &f->error) < 0;
}

int first_open(struct backend *b, const struct cirrus_kind *kind,
	       struct settings *settings, const struct call_options *o,
	       struct conn **out, struct error **err)
{
	struct first *f = first_new(b, settings, o, OPEN_MS);

	f->kind = kind;
	if (first_run(f, open_work, "open", err) < 0)
		return -1;
	*out = STEAL_PTR(f->conn);
	first_free(f);
	return 0;
}
