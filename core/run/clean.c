/* SPDX-License-Identifier: MIT */
/* `cirrus clean`. */
#include "config.h"

#include "base/clock.h"
#include "run/context.h"
#include "run/http-cache.h"
#include "run/sweep.h"
#include "store/cache.h"

struct told {
	const struct clean_options *o;
	const char *backend;
};

static void on_found(void *ctx, const char *type, const char *name,
		     const char *why, bool removed)
{
	const struct told *t = ctx;

	if (t->o->found)
		t->o->found(t->o->ctx, t->backend, type, name, why, removed);
}

/* What dead runs left on this side, and nobody will ask for. */
static void clean_files(void)
{
	AUTO_CACHE_DIRS struct cache_dirs all = {0};
	AUTO_ERROR struct error *waste = NULL;

	http_cache_sweep();
	if (cache_dirs_all(&all, &waste) < 0)
		return;
	for (size_t i = 0; i < all.len; i++)
		cache_sweep(all.ptr[i]);
}

int run_clean(const struct clean_options *o, struct error **err)
{
	struct backend_choice choice = *o->backend;
	struct call_options opts = {.cancel_fd = o->cancel_fd,
				    .deadline_ns = clock_after_ms(START_MS)};
	struct told told = {.o = o};
	struct owner self;
	struct sweep sweep = {.self = &self,
			      .dry_run = o->dry_run,
			      .all = o->all,
			      .kept = true,
			      .older_than_ns = o->older_than_ns,
			      .cancel_fd = o->cancel_fd,
			      .found = on_found,
			      .ctx = &told};
	char id[RUN_ID];
	int r;

	run_id_new(id);
	owner_self(&self, id, false);
	choice.kind = "container";
	choice.labels = self.labels;
	choice.n_labels = OWNER_LABELS;
	if (backend_connect(&choice, &opts, &sweep.conn, err) < 0)
		return -1;
	told.backend = conn_name(sweep.conn);
	if (!o->dry_run)
		clean_files();
	r = sweep_run(&sweep, err);
	opts.deadline_ns = clock_after_ms(CLEAN_MS);
	conn_close(sweep.conn, &opts);
	return r;
}
