/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/artifact-find.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/strv.h"
#include "files/path-glob.h"
#include "files/path.h"
#include "run/script.h"

void pattern_clear(struct pattern *p)
{
	for (size_t i = 0; i < p->found.len; i++) {
		free(p->found.ptr[i].path);
		free(p->found.ptr[i].real);
	}
	found_vec_clear(&p->found);
	free(p->text);
	p->text = NULL;
}

/* --- asking ---------------------------------------------------------------------- */

/* Answers are a letter and a path each, ended by a NUL: D, the real name of the
 * directory that was looked through; then what is in it: d, a folder; f, a file;
 * l, a link to a file, with its real name as the next answer; o, something else.
 * E: what keeps us from looking. */
static const char show[] =
	"for f do "
	"if [ -d \"$f\" ]; then printf 'd%s\\000' \"$f\"; "
	"elif [ ! -f \"$f\" ]; then "
	"if [ -e \"$f\" ] || [ -L \"$f\" ]; then printf 'o%s\\000' \"$f\"; fi; "
	"elif [ -L \"$f\" ]; then "
	"printf 'l%s\\000%s\\000' \"$f\" \"$(readlink -f \"$f\")\"; "
	"else printf 'f%s\\000' \"$f\"; fi; done";

static bool has_special(const char *text)
{
	return strpbrk(text, "*?[\\") != NULL;
}

/* For a plain path, and for one that only looks like a glob. */
static void ask_name(struct buf *b, const char *name)
{
	buf_adds(b, "(set -- \"${d%/}/\"");
	script_quote(b, name);
	buf_addf(b, "; %s)\n", show);
}

/* The last part of a glob narrows the search, where find understands it. */
static void ask_glob(struct buf *b, const char *rest, int depth)
{
	const char *slash = strrchr(rest, '/');
	const char *last = slash ? slash + 1 : rest;

	buf_adds(b, "command -v find >/dev/null || "
		    "printf 'Ethere is no find in the environment\\000'\n"
		    "find \"$d\" ");
	if (depth > 0)
		buf_addf(b, "-maxdepth %d ", depth);
	if (!strstr(last, "**") && !strpbrk(last, "[\\")) {
		buf_adds(b, "-name ");
		script_quote(b, last);
		buf_addc(b, ' ');
	}
	buf_adds(b, "-exec /bin/sh -c ");
	script_quote(b, show);
	buf_adds(b, " sh {} + 2>/dev/null\n");
}

/* glob is absolute and has no braces; returns how much of it is the directory
 * that is looked through. */
static size_t ask(struct buf *b, const char *glob)
{
	int depth;
	size_t n = has_special(glob) ? path_glob_prefix(glob, &depth)
				     : (size_t)(strrchr(glob, '/') - glob);
	AUTO_FREE char *dir = n > 0 ? xstrndup(glob, n) : xstrdup("/");

	buf_adds(b, "if d=$(cd -P ");
	script_quote(b, dir);
	buf_adds(b, " 2>/dev/null && pwd -P); then\n"
		    "printf 'D%s\\000' \"$d\"\n");
	ask_name(b, glob + n + 1);
	if (has_special(glob))
		ask_glob(b, glob + n + 1, depth);
	buf_adds(b, "fi\n:\n");
	return n;
}

/* --- understanding ---------------------------------------------------------------- */

struct answers {
	struct pattern *out;
	const char *glob;
	size_t prefix; /* of glob: the directory, as it is written there */
	char *real;    /* and as it is */
	struct error **err;
};

static void add(struct answers *a, char kind, const char *path,
		const char *real)
{
	static const enum found_kind kinds[] = {['d'] = FOUND_FOLDER,
						['f'] = FOUND_FILE,
						['l'] = FOUND_FILE,
						['o'] = FOUND_OTHER};
	const char *name = a->real ? path_below(path, a->real) : NULL;
	AUTO_FREE char *written = NULL;
	struct found f = {.kind = kinds[(unsigned char)kind]};

	if (!name)
		return;
	written = xasprintf("%.*s%s%s", (int)a->prefix, a->glob,
			    *name ? "/" : "", name);
	if (strcmp(written, a->glob) != 0 && !path_glob_match(a->glob, written))
		return;
	if (f.kind == FOUND_FILE && *real != '/')
		f.kind = FOUND_OTHER; /* a link, and no readlink */
	f.path = STEAL_PTR(written);
	f.real = xstrdup(real);
	found_vec_push(&a->out->found, f);
}

static int understand(struct answers *a, const struct buf *text)
{
	const char *p = text->data, *end = p + text->len;

	while (p < end) {
		const char *path = p + 1;

		p += strlen(p) + 1;
		if (path[-1] == 'E')
			return error_set(a->err, ERR_LOST, "%s", path);
		if (path[-1] == 'D') {
			free(a->real);
			a->real = xstrdup(path);
		} else if (path[-1] == 'l') {
			add(a, 'l', path, p < end ? p : "");
			p += p < end ? strlen(p) + 1 : 0;
		} else if (strchr("dfo", path[-1])) {
			add(a, path[-1], path, path);
		}
	}
	return 0;
}

static enum session_state find_one(struct performance *p, const char *glob,
				   struct pattern *out, struct error **err)
{
	AUTO_BUF struct buf script = BUF_INIT(BUF_MESSAGE);
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	struct answers a = {.out = out, .glob = glob, .err = err};
	enum session_state state;
	int status;

	a.prefix = ask(&script, glob);
	state = instructions_ask(p, script.data, &text, &status);
	if (state != SESSION_DONE)
		return state;
	if (text.overflow)
		error_set(err, ERR_LIMIT, "%s means too many files", glob);
	else if (understand(&a, &text) < 0)
		error_prefix(err, "%s", glob);
	free(a.real);
	return state;
}

/* --- one path ---------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void sort(struct found_vec *v)
{
	size_t n = 0;

	if (v->len == 0)
		return;
	qsort(v->ptr, v->len, sizeof(*v->ptr), compare);
	for (size_t i = 1; i < v->len; i++) {
		if (strcmp(v->ptr[i].path, v->ptr[n].path) != 0) {
			v->ptr[++n] = v->ptr[i];
			continue;
		}
		free(v->ptr[i].path);
		free(v->ptr[i].real);
	}
	v->len = n + 1;
}

/* The working directory is a path, whatever is in its name. */
static char *as_glob(const char *dir)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	for (; *dir; dir++)
		buf_addf(&b, strchr("*?[\\{},", *dir) ? "\\%c" : "%c", *dir);
	return buf_steal(&b);
}

/* text: for people; glob: for us; both absolute. */
static void resolve(struct performance *p, const char *path, char **text,
		    char **glob)
{
	AUTO_FREE char *expanded = instructions_expand(p, path);
	const char *dir = p->place->working_dir;
	AUTO_FREE char *dir_glob = as_glob(dir);
	bool absolute = *expanded == '/';
	AUTO_FREE char *written =
		xasprintf("%s/%s", absolute ? "" : dir, expanded);
	AUTO_FREE char *meant =
		xasprintf("%s/%s", absolute ? "" : dir_glob, expanded);

	*text = path_clean(written);
	*glob = path_clean(meant);
}

enum session_state pattern_find(struct performance *p, const char *path,
				struct pattern *out, struct error **err)
{
	AUTO_STRV struct strv globs = {0};
	AUTO_FREE char *glob = NULL;
	enum session_state state = SESSION_DONE;

	*out = (struct pattern){0};
	resolve(p, path, &out->text, &glob);
	if (!path_glob_expand(glob, &globs)) {
		error_set(err, ERR_CONFIG,
			  "%s: the braces have no end, or mean too much",
			  out->text);
		return state;
	}
	for (size_t i = 0; i < globs.len && state == SESSION_DONE && !*err; i++)
		state = find_one(p, globs.v[i], out, err);
	sort(&out->found);
	return state;
}
