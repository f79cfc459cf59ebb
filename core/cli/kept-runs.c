/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/kept-runs.h"

#include <stdlib.h>
#include <string.h>

#include "report/saved.h"
#include "store/runs.h"

static void view_free(struct view *v)
{
	view_clear(v);
	free(v);
}

static struct view *load(const char *dir, const char *project)
{
	struct view *v = xcalloc(1, sizeof(*v));
	AUTO_ERROR struct error *err = NULL;

	if (saved_read(dir, v, &err) == 0 &&
	    (!project || (v->project && strcmp(v->project, project) == 0)))
		return v;
	view_free(v);
	return NULL;
}

/* Ids sort by the second only. */
static int compare_times(const void *a, const void *b)
{
	const struct view *one = *(struct view *const *)a;
	const struct view *other = *(struct view *const *)b;

	return (one->at_ns < other->at_ns) - (one->at_ns > other->at_ns);
}

int kept_runs_load(const char *project, struct kept_runs *out,
		   struct error **err)
{
	AUTO_STRV struct strv dirs = {0};

	if (runs_list(&dirs, err) < 0)
		return -1;
	for (size_t i = dirs.len; i > 0; i--) {
		struct view *v = load(dirs.v[i - 1], project);

		if (v)
			views_push(&out->runs, v);
	}
	if (out->runs.len > 0)
		qsort(out->runs.ptr, out->runs.len, sizeof(*out->runs.ptr),
		      compare_times);
	return 0;
}

void kept_runs_clear(struct kept_runs *k)
{
	for (size_t i = 0; i < k->runs.len; i++)
		view_free(k->runs.ptr[i]);
	views_clear(&k->runs);
}

/* --- what failed ------------------------------------------------------------- */

static bool is_same(const struct task *t, const struct task_view *v,
		    const char *suffix)
{
	return strcmp(t->name, v->name) == 0 &&
	       strcmp(suffix ? suffix : "", v->suffix ? v->suffix : "") == 0;
}

/* The task when it was run last, or NULL. */
static const struct task_view *last_of(const struct kept_runs *k,
				       const struct task *t)
{
	AUTO_FREE char *suffix = task_suffix(t);

	for (size_t i = 0; i < k->runs.len; i++) {
		const struct view *v = k->runs.ptr[i];

		for (size_t j = 0; j < v->tasks.len; j++)
			if (is_same(t, v->tasks.ptr[j], suffix))
				return v->tasks.ptr[j];
	}
	return NULL;
}

static bool needs_failed(const struct task *t, const bool *failed)
{
	for (size_t i = 0; i < t->n_required; i++)
		if (failed[t->required[i]])
			return true;
	return false;
}

/* Whoever was skipped and needs one that failed was skipped for that.
 * Requirements may point forward, hence until nothing changes. */
static void add_skipped(const struct tasks *tasks, const bool *skipped,
			bool *failed)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < tasks->len; i++) {
			if (failed[i] || !skipped[i] ||
			    !needs_failed(tasks->v[i], failed))
				continue;
			failed[i] = changed = true;
		}
	}
}

int kept_runs_failed(const char *project, const struct tasks *tasks,
		     bool *failed, struct error **err)
{
	AUTO_KEPT_RUNS struct kept_runs k = {0};
	AUTO_FREE bool *skipped = xcalloc(tasks->len + 1, sizeof(*skipped));
	int n = 0;

	if (kept_runs_load(project, &k, err) < 0)
		return -1;
	if (k.runs.len == 0)
		return error_set(err, ERR_USAGE, "no earlier run of %s is kept",
				 project);
	for (size_t i = 0; i < tasks->len; i++) {
		const struct task_view *v = last_of(&k, tasks->v[i]);

		failed[i] = v && (!v->finished || view_is_bad(v->status));
		skipped[i] = v && v->status == STATUS_SKIPPED;
	}
	add_skipped(tasks, skipped, failed);
	for (size_t i = 0; i < tasks->len; i++)
		n += failed[i];
	return n;
}
