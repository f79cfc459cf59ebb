/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/cache-folders.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "files/path-glob.h"
#include "files/path.h"
#include "run/script.h"

/* --- resolving ---------------------------------------------------------------- */

static char *absolute(struct performance *p, const char *text)
{
	AUTO_FREE char *at_home = NULL;
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *joined = NULL;

	if (text[0] == '~' && (text[1] == '/' || text[1] == '\0'))
		at_home = xasprintf("$HOME%s", text + 1);
	path = instructions_expand(p, at_home ? at_home : text);
	if (strchr(path, '$'))
		tell_message(&p->place->scope->run->teller, p->task->id,
			     p->place->scope->step, LEVEL_WARNING, NULL,
			     "cache folder %s: nobody defines this variable",
			     path);
	if (*path != '/')
		joined = xasprintf("%s/%s", p->place->working_dir, path);
	return path_clean(joined ? joined : path);
}

static bool all_below(const struct folders *f, const char *dir)
{
	for (size_t i = 0; i < f->given.len; i++)
		if (!path_below(f->given.v[i], dir))
			return false;
	return true;
}

static void choose_layout(struct performance *p, struct folders *f)
{
	AUTO_FREE char *work = path_clean(p->place->working_dir);

	if (f->given.len == 1 && !f->globs) {
		f->layout = "folder";
		f->base = xstrdup(f->given.v[0]);
	} else if (all_below(f, work)) {
		f->layout = "work";
		f->base = STEAL_PTR(work);
	} else {
		f->layout = "root";
		f->base = xstrdup("/");
	}
}

int folders_resolve(struct performance *p, const char *const *texts,
		    struct folders *out, struct error **err)
{
	*out = (struct folders){0};
	for (; *texts; texts++) {
		strv_push_steal(&out->given, absolute(p, *texts));
		out->globs |= path_glob_is(out->given.v[out->given.len - 1]);
	}
	choose_layout(p, out);
	for (size_t i = 0; i < out->given.len; i++) {
		const char *rule = path_below(out->given.v[i], out->base);

		if (!path_glob_is(rule))
			strv_push(&out->rules, rule);
		else if (!path_glob_expand(rule, &out->rules))
			return error_set(err, ERR_CONFIG,
					 "folder %s: the braces have no end, "
					 "or mean too much",
					 out->given.v[i]);
	}
	return 0;
}

void folders_clear(struct folders *f)
{
	free(f->base);
	strv_clear(&f->given);
	strv_clear(&f->rules);
	*f = (struct folders){0};
}

char *folders_text(const struct folders *f)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	for (size_t i = 0; i < f->given.len; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", f->given.v[i]);
	return buf_steal(&b);
}

/* --- members -------------------------------------------------------------------- */

/* How much of name is what the rule stands for; -1: it is not below it. */
static long root_by(const char *rule, const char *name)
{
	size_t n = strlen(rule);

	if (!path_glob_is(rule))
		return strncmp(name, rule, n) == 0 &&
				       (n == 0 || name[n] == '/' ||
					name[n] == '\0')
			       ? (long)n
			       : -1;
	for (n = strcspn(name, "/");; n += 1 + strcspn(name + n + 1, "/")) {
		AUTO_FREE char *part = xstrndup(name, n);

		if (path_glob_match(rule, part))
			return (long)n;
		if (name[n] == '\0')
			return -1;
	}
}

static long root_of(const void *ctx, const char *name)
{
	const struct folders *f = ctx;

	for (size_t i = 0; i < f->rules.len; i++) {
		long root = root_by(f->rules.v[i], name);

		if (root >= 0)
			return root;
	}
	return -1;
}

struct member_rules folders_rules(const struct folders *f)
{
	return (struct member_rules){root_of, f};
}

/* --- finding -------------------------------------------------------------------- */

static void ask_literal(struct buf *b, const char *path)
{
	buf_adds(b, "for f in ");
	script_quote(b, path);
	buf_adds(b, "; do if [ -e \"$f\" ] || [ -L \"$f\" ]; then "
		    "printf '%s\\000' \"$f\"; fi; done\n");
}

static void ask_glob(struct buf *b, const char *base, const char *glob)
{
	int depth;
	size_t n = path_glob_prefix(glob, &depth);
	AUTO_FREE char *dir = xasprintf(
		"%s/%.*s", strcmp(base, "/") ? base : "", (int)n, glob);

	buf_adds(b, "find ");
	script_quote(b, dir);
	if (depth > 0)
		buf_addf(b, " -maxdepth %d", depth);
	buf_adds(b, " -exec /bin/sh -c 'printf \"%s\\000\" \"$@\"' sh {} + "
		    "2>/dev/null\n");
}

/* What lies below a path comes right behind it. */
static int compare(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;

	while (*x && *x == *y) {
		x++;
		y++;
	}
	return (*x == '/' ? 1 : (unsigned char)*x + 1 - (*x == '\0')) -
	       (*y == '/' ? 1 : (unsigned char)*y + 1 - (*y == '\0'));
}

/* Those that a rule means; what lies below another goes with it. */
static void select_found(const struct folders *f, const struct buf *text,
			 struct strv *out)
{
	AUTO_STRV struct strv all = {0};

	for (const char *p = text->data; p < text->data + text->len;
	     p += strlen(p) + 1) {
		AUTO_FREE char *path = path_clean(p);
		const char *name = path_below(path, f->base);

		if (name && root_of(f, name) == (long)strlen(name))
			strv_push(&all, name);
	}
	if (all.len > 0)
		qsort(all.v, all.len, sizeof(*all.v), compare);
	for (size_t i = 0; i < all.len; i++) {
		const char *last = out->len > 0 ? out->v[out->len - 1] : NULL;

		if (!last || (*last && !path_below(all.v[i], last)))
			strv_push(out, all.v[i]);
	}
}

enum session_state folders_find(struct performance *p, const struct folders *f,
				struct strv *out)
{
	AUTO_BUF struct buf script = BUF_INIT(BUF_MESSAGE);
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	enum session_state state;
	int status;

	if (strcmp(f->layout, "folder") == 0)
		return SESSION_DONE;
	for (size_t i = 0; i < f->rules.len; i++) {
		const char *rule = f->rules.v[i];
		AUTO_FREE char *path = xasprintf(
			"%s/%s", strcmp(f->base, "/") ? f->base : "", rule);

		if (path_glob_is(rule))
			ask_glob(&script, f->base, rule);
		else
			ask_literal(&script, path);
	}
	buf_adds(&script, ":\n");
	state = instructions_ask(p, script.data, &text, &status);
	if (state == SESSION_DONE)
		select_found(f, &text, out);
	return state;
}
