/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/artifacts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "annotate/annotate.h"
#include "base/fd.h"
#include "base/strv.h"
#include "base/suggest.h"
#include "files/path.h"
#include "files/save.h"
#include "model/exit.h"
#include "run/annotations.h"
#include "run/artifact-find.h"
#include "run/reading.h"
#include "store/artifacts.h"

/* Up to so many files are fetched one by one: each costs a call to the engine.
 * More than that, and the directory they are in is streamed through. */
#define ONE_BY_ONE 4
/* What a person might want to know was uploaded, in bytes. */
#define HEFTY (INT64_C(100) * 1024 * 1024)

struct collecting {
	struct performance *p;
	struct step *s;
	const struct instruction *i;
	char *work;     /* the working directory, clean */
	char *path;     /* DIR/TASK/NAME, or NULL: nobody wants to keep any */
	int dir;        /* it, once there is something to put there */
	bool temporary; /* nobody keeps them: they are there to be read */
	const struct annotate_format
		*format;     /* in which they report; or NULL */
	struct strv reports; /* names of files below dir */
	size_t n_left;       /* that were not kept for want of a place */
	struct save_file *files;
	size_t n_files;
	const char *prefix; /* of names, for people */
};

static const struct step_result good = {.status = STATUS_SUCCEEDED};

/* --- failing ----------------------------------------------------------------------- */

/* What the configuration asks for cannot be done. */
static struct step_result refuse(struct collecting *c, const char *why)
{
	step_say(c->s, "Failed to upload artifacts: %s", why);
	c->p->failed = true;
	return (struct step_result){.status = STATUS_FAILED};
}

/* It is this machine, or the engine, that could not. */
static struct step_result give_up(struct collecting *c, const struct error *err)
{
	step_say(c->s, "Failed to upload artifacts: %s", err->msg);
	tell_message(c->s->teller, c->s->task, c->s->number, LEVEL_ERROR,
		     err->hint, "artifacts \"%s\": %s", c->i->name, err->msg);
	run_count_exit(c->p->place->scope->run, EXIT_BACKEND);
	c->p->failed = true;
	return (struct step_result){.status = STATUS_ERROR};
}

/* --- fetching ---------------------------------------------------------------------- */

static void begins(void *ctx, const struct save_file *f, int64_t size)
{
	const struct collecting *c = ctx;

	if (size > HEFTY)
		step_say(c->s,
			 "Uploading a quite hefty artifact '%s/%s' of size "
			 "%lld MiB",
			 c->work, f->name, (long long)(size >> 20));
}

static void ends(void *ctx, const struct save_file *f)
{
	const struct collecting *c = ctx;

	step_say(c->s, "Uploaded %s/%s", c->work, f->name);
}

/* How much of a path is a directory that b is in, too. */
static size_t common(const char *path, size_t n, const char *b)
{
	size_t at = 0, slash = 0;

	for (; at < n && path[at] == b[at]; at++)
		if (path[at] == '/')
			slash = at;
	return at == n && b[at] == '/' ? n : slash;
}

/* The directory that all files of the working directory are in, relative to the
 * root; NULL: asking for each of them is cheaper. */
static char *whole_directory(const struct collecting *c)
{
	const char *path = NULL;
	size_t len = 0, n = 0;

	for (size_t i = 0; i < c->n_files; i++) {
		const char *member = c->files[i].member;

		if (!path_below(member, c->work + 1) || !strchr(member, '/'))
			continue;
		len = n++ ? common(path, len, member)
			  : (size_t)(strrchr(member, '/') - member);
		path = member;
	}
	return n > ONE_BY_ONE && len > 0 ? xstrndup(path, len) : NULL;
}

/* What to ask of the engine, relative to the root. */
static void choose_paths(const struct collecting *c, bool whole,
			 struct strv *paths)
{
	AUTO_FREE char *dir = whole ? whole_directory(c) : NULL;

	if (dir)
		strv_push(paths, dir);
	for (size_t i = 0; i < c->n_files; i++) {
		const struct save_file *f = &c->files[i];

		if (!f->saved && !f->too_large &&
		    (i == 0 || strcmp(f->member, f[-1].member)) &&
		    !(dir && path_below(f->member, dir)))
			strv_push(paths, f->member);
	}
}

static struct step_result fetch_paths(struct collecting *c, struct save *save,
				      const struct strv *paths)
{
	AUTO_ERROR struct error *cause = NULL;
	AUTO_ERROR struct error *err = NULL;
	struct step_result result = good;
	struct reading *r;
	cirrus_status status;
	int saved;

	if (reading_begin(c->p->place, c->p->deadline_ns, "/",
			  (const char *const *)paths->v, &r, &err) < 0)
		return give_up(c, err);
	saved = save_files(save, reading_read, r, &cause);
	status = reading_end(r, saved == 0, &err);
	/* where saving failed, the backend was broken off by us */
	if (saved < 0 && (status == CIRRUS_OK || status == CIRRUS_E_IO))
		return give_up(c, cause);
	if (status == CIRRUS_OK)
		return good;
	if (!err)
		error_set(&err, ERR_BACKEND, "cannot copy out");
	if (instructions_ended(c->p, c->s, status, &err, &result))
		return result;
	return status == CIRRUS_E_NOTFOUND ? refuse(c, err->msg)
					   : give_up(c, err);
}

static struct step_result gone(struct collecting *c, const char *name)
{
	AUTO_FREE char *why =
		xasprintf("%s/%s went away meanwhile", c->work, name);

	return refuse(c, why);
}

/* Twice at most: a file's contents may have come under the name of another that
 * nobody asked for. */
static struct step_result fetch(struct collecting *c)
{
	struct save save = {
		.dir = c->dir,
		.path = c->path,
		.files = c->files,
		.n_files = c->n_files,
		.max = c->temporary ? (int64_t)ANNOTATE_BYTES : 0,
		.begins = c->temporary ? NULL : begins,
		.ends = c->temporary ? NULL : ends,
		.ctx = c,
	};
	struct step_result r = good;

	for (int round = 0; round < 2; round++) {
		AUTO_STRV struct strv paths = {0};

		choose_paths(c, round == 0, &paths);
		if (paths.len > 0)
			r = fetch_paths(c, &save, &paths);
		if (r.status != STATUS_SUCCEEDED)
			return r;
	}
	for (size_t i = 0; i < c->n_files; i++)
		if (!c->files[i].saved && !c->files[i].too_large)
			return gone(c, c->files[i].name);
	return good;
}

/* --- one pattern ------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct save_file *x = a, *y = b;

	return strcmp(x->member, y->member);
}

/* Those that are files; says what becomes of the others. */
static void list_files(struct collecting *c, const struct pattern *pattern)
{
	c->n_files = 0;
	c->files = xreallocarray(c->files, pattern->found.len + 1,
				 sizeof(*c->files));
	for (size_t i = 0; i < pattern->found.len; i++) {
		const struct found *f = &pattern->found.ptr[i];

		if (f->kind == FOUND_FILE)
			c->files[c->n_files++] = (struct save_file){
				f->real + 1, path_below(f->path, c->work),
				false};
		else
			step_say(c->s,
				 "Skipping uploading of '%s' because it's %s",
				 f->path,
				 f->kind == FOUND_FOLDER ? "a folder"
							 : "not a file");
	}
	qsort(c->files, c->n_files, sizeof(*c->files), compare);
}

static const char *outside(const struct collecting *c,
			   const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->found.len; i++) {
		const char *path = pattern->found.ptr[i].path;

		if (!path_below(path, c->work))
			return path;
	}
	return NULL;
}

/* Where they go: where they are kept, or else, to be read only, beside the run's
 * logs, which somebody looks after even if we die. */
static int open_directory(struct collecting *c, struct error **err)
{
	const struct run_options *o = c->p->place->scope->run->o;

	if (!c->temporary)
		return artifacts_open(o->artifacts_dir, o->tasks, c->p->task,
				      c->i->name, &c->dir, err);
	if (dir_make(c->path, 0700, err) < 0)
		return -1;
	c->dir = open(c->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->dir < 0 ? error_errno(err, errno, "cannot open %s", c->path)
			  : 0;
}

static struct step_result keep(struct collecting *c)
{
	const struct run_options *o = c->p->place->scope->run->o;
	AUTO_ERROR struct error *err = NULL;

	if (c->n_files == 0)
		return good;
	if (!o->artifacts_dir)
		c->n_left += c->n_files;
	if (!c->path)
		return good;
	if (c->dir < 0 && open_directory(c, &err) < 0)
		return give_up(c, err);
	for (size_t i = 0; c->format && i < c->n_files; i++)
		strv_push(&c->reports, c->files[i].name);
	return fetch(c);
}

static struct step_result collect_pattern(struct collecting *c,
					  const char *path)
{
	AUTO_PATTERN struct pattern pattern;
	AUTO_FREE char *why = NULL;
	AUTO_ERROR struct error *err = NULL;
	enum session_state state = pattern_find(c->p, path, &pattern, &err);
	const char *out = outside(c, &pattern);

	if (state != SESSION_DONE)
		return instructions_by_state(c->p, c->s, state);
	if (err)
		return refuse(c, err->msg);
	if (out) {
		why = xasprintf("path is outside of CIRRUS_WORKING_DIR: path "
				"%s should be relative to %s",
				out, c->work);
		return refuse(c, why);
	}
	step_say(c->s, "%s %zu artifacts for %s",
		 c->path ? "Uploading" : "Found", pattern.found.len,
		 pattern.text);
	list_files(c, &pattern);
	return keep(c);
}

/* --- the instruction --------------------------------------------------------------- */

/* Every step says it, the first of a run as a warning and with what to do. */
static void tell_not_kept(struct collecting *c)
{
	struct run *run = c->p->place->scope->run;
	bool told;

	pthread_mutex_lock(&run->lock);
	told = run->told_artifacts;
	run->told_artifacts = true;
	pthread_mutex_unlock(&run->lock);
	tell_message(c->s->teller, c->s->task, c->s->number,
		     told ? LEVEL_INFO : LEVEL_WARNING,
		     told ? NULL : "--artifacts-dir DIR says where they go",
		     "artifacts \"%s\": %zu file%s not kept", c->i->name,
		     c->n_left, c->n_left == 1 ? " is" : "s are");
}

/* What could be meant by a format that nobody knows; for free(). */
static char *format_hint(const char *name)
{
	const char *near = suggest(name, annotate_names);
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	if (near)
		return xasprintf("did you mean %s?", near);
	for (size_t i = 0; annotate_names[i]; i++)
		buf_addf(&b, "%s%s",
			 i > 0 ? ", " : "known formats: ", annotate_names[i]);
	return buf_steal(&b);
}

/* Nothing is read where the format is not known; nobody guesses one either. */
static void choose_format(struct collecting *c)
{
	const char *name = c->i->artifacts.format;
	AUTO_FREE char *hint = NULL;

	if (!name || !*name)
		return;
	c->format = annotate_find(name);
	if (c->format)
		return;
	hint = format_hint(name);
	tell_message(c->s->teller, c->s->task, c->s->number, LEVEL_WARNING,
		     hint,
		     "no annotations are read: the format \"%s\" is not known",
		     name);
}

/* What becomes of the files; path stays NULL where nothing does. */
static void choose_directory(struct collecting *c)
{
	const struct run *run = c->p->place->scope->run;
	const struct run_options *o = run->o;

	c->temporary = !o->artifacts_dir;
	if (o->artifacts_dir)
		c->path = artifacts_path(o->artifacts_dir, o->tasks, c->p->task,
					 c->i->name);
	else if (c->format)
		c->path =
			xasprintf("%s/reports-%lld-%d", run_logs_dir(run->logs),
				  (long long)c->s->task, c->s->number);
}

/* All that is there goes up before any of it is read. */
static struct step_result collect(struct collecting *c)
{
	struct step_result r = good;
	struct save save = {
		.path = c->path,
		.max = c->temporary ? (int64_t)ANNOTATE_BYTES : 0,
	};

	for (const char *const *path = c->i->artifacts.paths;
	     *path && r.status == STATUS_SUCCEEDED; path++)
		r = collect_pattern(c, *path);
	if (c->n_left > 0)
		tell_not_kept(c);
	if (r.status != STATUS_SUCCEEDED || !c->format)
		return r;
	save.dir = c->dir;
	return annotations_report(c->p, c->s, c->format, &save, &c->reports);
}

static void collecting_clear(struct collecting *c)
{
	fd_close(&c->dir);
	if (c->temporary && c->path)
		dir_remove(c->path);
	strv_clear(&c->reports);
	free(c->files);
	free(c->path);
	free(c->work);
}

struct step_result artifacts_collect(struct performance *p, struct step *s,
				     const struct instruction *i,
				     size_t index UNUSED)
{
	struct collecting c = {.p = p, .s = s, .i = i, .dir = -1};
	struct step_result r = good;

	if (!i->artifacts.paths || !*i->artifacts.paths) {
		step_say(s, "Skipping artifacts upload because there are no "
			    "paths specified...");
		return r;
	}
	c.work = path_clean(p->place->working_dir);
	choose_format(&c);
	choose_directory(&c);
	r = collect(&c);
	collecting_clear(&c);
	return r;
}
