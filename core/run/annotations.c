/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/annotations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "files/path.h"
#include "run/report-paths.h"
#include "run/script.h"

/* Files that one question to the environment is about. */
#define BATCH 200
/* Files that are asked about at all; what lies beyond is told as it was
 * reported. */
#define ASKED_MAX 5000

/* A file that reports name. */
struct named {
	char *reported;
	char *path; /* as it is told */
	bool exists;
};

VEC_DEFINE(named_vec, struct named);

struct reports {
	struct performance *p;
	struct step *s;
	const struct annotate_format *format;
	const struct save *save;
	struct annotations found;
	bool bad;               /* one of them could not be read */
	struct named_vec named; /* sorted by reported */
	struct strv files;      /* that have the names of those not found */
};

/* --- reading ----------------------------------------------------------------------- */

/* Where there is a limit, what is not there was left out for it. */
static int too_large(struct error **err)
{
	return error_set(err, ERR_LIMIT, " it is larger than %zu MiB",
			 ANNOTATE_BYTES >> 20);
}

/* Errors are what stands behind "NAME:". */
static int read_file(const struct save *save, const char *name, struct buf *to,
		     struct error **err)
{
	AUTO_CLOSE int fd = save_open(save, name);
	struct stat st;

	if (fd < 0 && errno == ENOENT && save->max > 0)
		return too_large(err);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(err, ERR_SYSTEM, " %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_SYSTEM, " it is not a file");
	if (fd_read_all(fd, to) == 0)
		return 0;
	if (errno == EFBIG)
		return too_large(err);
	return error_set(err, ERR_SYSTEM, " %s", strerror(errno));
}

static void read_report(struct reports *r, const char *name)
{
	AUTO_BUF struct buf text = BUF_INIT(ANNOTATE_BYTES);
	AUTO_ERROR struct error *err = NULL;

	step_say(r->s, "Trying to parse annotations for %s format",
		 r->format->name);
	if (read_file(r->save, name, &text, &err) == 0 &&
	    annotate(r->format, text.data, text.len, &r->found, &err) == 0)
		return;
	step_say(r->s, "Failed to parse annotations: %s:%s", name, err->msg);
	r->bad = true;
}

/* --- which files are meant ----------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each once. */
static void collect_names(struct reports *r)
{
	const struct annotation_vec *all = &r->found.vec;
	AUTO_FREE const char **names = xcalloc(all->len + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < all->len; i++)
		if (all->ptr[i]->path)
			names[n++] = all->ptr[i]->path;
	qsort(names, n, sizeof(*names), compare);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			named_vec_push(
				&r->named,
				(struct named){xstrdup(names[i]), NULL, false});
}

static enum session_state ask(struct reports *r, const struct buf *script,
			      struct buf *answer)
{
	int status;

	return instructions_ask(r->p, script->data, answer, &status);
}

/* Each as seen from the working directory, which tools may know by the name it
 * has without links. */
static enum session_state name_from_here(struct reports *r)
{
	AUTO_BUF struct buf script = BUF_INIT(BUF_LINE);
	AUTO_BUF struct buf answer = BUF_INIT(BUF_LINE);
	AUTO_FREE char *work = path_clean(r->p->place->working_dir);
	AUTO_FREE char *real = NULL;
	enum session_state state;

	buf_adds(&script, "pwd -P");
	state = ask(r, &script, &answer);
	answer.data[strcspn(answer.data, "\n")] = '\0';
	real = path_clean(*answer.data == '/' ? answer.data : work);
	for (size_t i = 0; i < r->named.len; i++)
		r->named.ptr[i].path =
			report_path(r->named.ptr[i].reported, work, real);
	return state;
}

/* Those of [from, to) that lie in the working directory: are they there? */
static enum session_state see_batch(struct reports *r, size_t from, size_t to)
{
	AUTO_BUF struct buf script = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf answer = BUF_INIT(BUF_LINE);
	enum session_state state;
	const char *at;

	for (size_t i = from; i < to; i++) {
		if (*r->named.ptr[i].path == '/')
			continue;
		buf_adds(&script, "[ ! -f ./");
		script_quote(&script, r->named.ptr[i].path);
		buf_addf(&script, " ] || echo %zu\n", i);
	}
	buf_adds(&script, ":\n");
	state = ask(r, &script, &answer);
	for (at = answer.data; *at;
	     at += strcspn(at, "\n"), at += *at != '\0') {
		size_t i = strtoul(at, NULL, 10);

		if (i >= from && i < to)
			r->named.ptr[i].exists = true;
	}
	return state;
}

/* A name as find's -name takes it. */
static void add_name(struct buf *script, const char *name)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	for (; *name; name++)
		buf_addf(&b, strchr("*?[\\", *name) ? "\\%c" : "%c", *name);
	script_quote(script, b.data);
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static enum session_state find_batch(struct reports *r, size_t from, size_t to)
{
	AUTO_BUF struct buf script = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf answer = BUF_INIT(BUF_FILE);
	const char * or = "";
	enum session_state state;

	buf_adds(&script, "find . -name .git -prune -o -type f \\( ");
	for (size_t i = from; i < to; i++) {
		if (r->named.ptr[i].exists)
			continue;
		buf_addf(&script, "%s-name ", or);
		add_name(&script, last_name(r->named.ptr[i].path));
		or = " -o ";
	}
	if (!* or)
		return SESSION_DONE;
	buf_adds(&script, " \\) -exec /bin/sh -c 'printf \"%s\\000\" \"$@\"' "
			  "sh {} + 2>/dev/null\n:\n");
	state = ask(r, &script, &answer);
	for (const char *at = answer.data, *end = at + answer.len; at < end;
	     at += strlen(at) + 1)
		if (strncmp(at, "./", 2) == 0)
			strv_push(&r->files, at + 2);
	return state;
}

static enum session_state in_batches(
	struct reports *r,
	enum session_state (*ask_batch)(struct reports *r, size_t from,
					size_t to))
{
	enum session_state state = SESSION_DONE;
	size_t n = r->named.len < ASKED_MAX ? r->named.len : ASKED_MAX;

	for (size_t i = 0; i < n && state == SESSION_DONE; i += BATCH)
		state = ask_batch(r, i, i + BATCH < n ? i + BATCH : n);
	return state;
}

/* What is not there may be meant from another directory, or be a name alone. */
static void choose_files(struct reports *r)
{
	for (size_t i = 0; i < r->named.len && i < ASKED_MAX; i++) {
		struct named *n = &r->named.ptr[i];
		const char *best =
			n->exists ? NULL : report_path_best(n->path, &r->files);

		if (!best)
			continue;
		free(n->path);
		n->path = xstrdup(best);
	}
}

static int by_path(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return strcmp(x->reported, y->reported);
}

static void put_into_place(struct reports *r)
{
	for (size_t i = 0; i < r->found.vec.len; i++) {
		struct annotation *a = r->found.vec.ptr[i];
		const struct named key = {.reported = a->path};
		const struct named *n;

		if (!a->path)
			continue;
		n = bsearch(&key, r->named.ptr, r->named.len,
			    sizeof(*r->named.ptr), by_path);
		if (!n)
			continue;
		free(a->path);
		a->path = xstrdup(n->path);
	}
}

static enum session_state find_files(struct reports *r)
{
	enum session_state state;

	collect_names(r);
	if (r->named.len == 0)
		return SESSION_DONE;
	state = name_from_here(r);
	if (state == SESSION_DONE)
		state = in_batches(r, see_batch);
	if (state == SESSION_DONE)
		state = in_batches(r, find_batch);
	if (state == SESSION_DONE) {
		choose_files(r);
		put_into_place(r);
	}
	return state;
}

/* --- telling ------------------------------------------------------------------------- */

static void tell_all(struct reports *r)
{
	step_say(r->s, "Reported %zu annotations!", r->found.vec.len);
	if (r->found.left_out > 0)
		step_say(r->s, "%zu more are left out: there are too many",
			 r->found.left_out);
	for (size_t i = 0; i < r->found.vec.len; i++)
		step_annotate(r->s, r->found.vec.ptr[i]);
}

static void clear(struct reports *r)
{
	for (size_t i = 0; i < r->named.len; i++) {
		free(r->named.ptr[i].reported);
		free(r->named.ptr[i].path);
	}
	named_vec_clear(&r->named);
	annotations_clear(&r->found);
	strv_clear(&r->files);
}

/* A file that several patterns mean is one report. */
static void read_all(struct reports *r, struct strv *names)
{
	if (names->len > 0)
		qsort(names->v, names->len, sizeof(*names->v), compare);
	for (size_t i = 0; i < names->len; i++)
		if (i == 0 || strcmp(names->v[i], names->v[i - 1]) != 0)
			read_report(r, names->v[i]);
}

struct step_result annotations_report(struct performance *p, struct step *s,
				      const struct annotate_format *format,
				      const struct save *save,
				      struct strv *names)
{
	struct reports r = {.p = p, .s = s, .format = format, .save = save};
	struct step_result result = {.status = STATUS_SUCCEEDED};
	enum session_state state;

	read_all(&r, names);
	state = find_files(&r);
	tell_all(&r);
	if (state != SESSION_DONE) {
		result = instructions_by_state(p, s, state);
	} else if (r.bad) {
		p->failed = true;
		result.status = STATUS_FAILED;
	}
	clear(&r);
	return result;
}
