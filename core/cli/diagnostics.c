/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/diagnostics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strv.h"
#include "base/utf8.h"
#include "cli/excerpt.h"
#include "cli/load.h"
#include "data/json.h"

static const char *const level_names[] = {
	[ISSUE_INFO] = "notice",
	[ISSUE_WARNING] = "warning",
	[ISSUE_ERROR] = "error",
};

void diagnostics_clear(struct diagnostics *d)
{
	for (size_t i = 0; i < d->len; i++) {
		free(d->v[i].message);
		free(d->v[i].hint);
	}
	free(d->v);
	free(d->path);
	free(d->text);
}

void diagnostics_begin(struct diagnostics *d, const struct loaded *l)
{
	d->path = xstrdup(l->location.path);
	d->text = xmemdup0(l->text.data, l->text.len);
}

static struct diagnostic *add(struct diagnostics *d, enum issue_level level,
			      struct position at)
{
	if (d->len == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 8;
		d->v = xreallocarray(d->v, d->cap, sizeof(*d->v));
	}
	d->n_errors += level == ISSUE_ERROR;
	d->n_warnings += level == ISSUE_WARNING;
	d->v[d->len] = (struct diagnostic){.level = level, .at = at};
	return &d->v[d->len++];
}

void diagnostics_add_issues(struct diagnostics *d, const struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->n_issues; i++) {
		const struct issue *issue = &tasks->issues[i];
		struct diagnostic *new = add(d, issue->level, issue->at);

		new->message = xstrdup(issue->message);
		new->is_unknown = issue->is_lint;
		if (issue->suggestion)
			new->hint = xasprintf("did you mean \"%s\"?",
					      issue->suggestion);
	}
}

static bool is_at(const struct diagnostic *x, struct position at)
{
	return x->at.line == at.line && x->at.column == at.column;
}

void diagnostics_add(struct diagnostics *d, enum issue_level level,
		     struct position at, const char *message, const char *hint)
{
	struct diagnostic *new;

	for (size_t i = 0; i < d->len; i++)
		if (is_at(&d->v[i], at) &&
		    strcmp(d->v[i].message, message) == 0)
			return;
	new = add(d, level, at);
	new->message = xstrdup(message);
	new->hint = xstrdup_or_null(hint);
}

void diagnostics_drop_unknown(struct diagnostics *d, struct position at)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->len; i++) {
		struct diagnostic *x = &d->v[i];

		if (!x->is_unknown || !is_at(x, at)) {
			d->v[kept++] = *x;
			continue;
		}
		d->n_warnings -= x->level == ISSUE_WARNING;
		free(x->message);
		free(x->hint);
	}
	d->len = kept;
}

/* The message without the place that stands in front of it. */
static const char *bare(const struct diagnostics *d, const char *message,
			struct position at)
{
	AUTO_FREE char *place =
		at.line ? xasprintf("%s:%d:%d: ", d->path, at.line, at.column)
			: xasprintf("%s: ", d->path);

	if (str_starts(message, place))
		return message + strlen(place);
	return message;
}

void diagnostics_add_error(struct diagnostics *d, const struct error *e,
			   struct position at)
{
	struct diagnostic *new = add(d, ISSUE_ERROR, at);

	new->message = xstrdup(bare(d, e->msg, at));
	new->hint = xstrdup_or_null(e->hint);
}

/* --- printing --------------------------------------------------------------- */

/* What is said twice, of a block that is read twice, is printed once; the second
 * time is not far from the first. */
#define NEAR 32
static bool is_said(const struct diagnostics *d, size_t i)
{
	const struct diagnostic *x = &d->v[i];

	for (size_t k = i > NEAR ? i - NEAR : 0; k < i; k++)
		if (d->v[k].level == x->level && is_at(&d->v[k], x->at) &&
		    strcmp(d->v[k].message, x->message) == 0)
			return true;
	return false;
}

/* The lines are shown once for all that there is to say about a place. */
static void print_text(const struct diagnostics *d, const struct diagnostic *x,
		       const struct diagnostic *before)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	buf_addf(&b, "%s:", d->path);
	if (x->at.line)
		buf_addf(&b, "%d:%d:", x->at.line, x->at.column);
	if (x->level != ISSUE_ERROR)
		buf_addf(&b, " %s:", level_names[x->level]);
	buf_addf(&b, " %s\n", x->message);
	if (!before || !is_at(before, x->at))
		excerpt_add(&b, d->text, x->at);
	if (x->hint)
		buf_addf(&b, "hint: %s\n", x->hint);
	utf8_tame(b.data, true);
	fputs(b.data, stderr);
}

static void print_json(const struct diagnostics *d)
{
	AUTO_JSON struct cJSON *o = json_object();
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	struct cJSON *list;

	json_add_str(o, "path", d->path);
	json_add_bool(o, "valid", d->n_errors == 0);
	list = json_add(o, "diagnostics", json_array());
	for (size_t i = 0; i < d->len; i++) {
		const struct diagnostic *x = &d->v[i];
		struct cJSON *one = json_add(list, NULL, json_object());

		json_add_str(one, "level", level_names[x->level]);
		json_add_int(one, "line", x->at.line);
		json_add_int(one, "column", x->at.column);
		json_add_str(one, "message", x->message);
		if (x->hint)
			json_add_str(one, "hint", x->hint);
	}
	json_print(o, JSON_PRETTY, &b);
	fputs(b.data, stdout);
}

/* Text of a workflow command: what ends it early is escaped. */
static void put_escaped(const char *text, const char *also)
{
	for (; *text; text++) {
		if (strchr("%\r\n", *text) || strchr(also, *text))
			printf("%%%02X", (unsigned char)*text);
		else
			putchar(*text);
	}
}

static void print_github(const struct diagnostics *d,
			 const struct diagnostic *x)
{
	printf("::%s file=", level_names[x->level]);
	put_escaped(d->path, ":,");
	if (x->at.line)
		printf(",line=%d,col=%d", x->at.line, x->at.column);
	fputs("::", stdout);
	put_escaped(x->message, "");
	if (x->hint) {
		fputs("%0A", stdout);
		put_escaped(x->hint, "");
	}
	putchar('\n');
}

void diagnostics_print(const struct diagnostics *d,
		       enum diagnostics_format format)
{
	const struct diagnostic *before = NULL;

	if (format == DIAGNOSTICS_JSON) {
		print_json(d);
		return;
	}
	for (size_t i = 0; i < d->len; i++) {
		if (is_said(d, i))
			continue;
		if (format == DIAGNOSTICS_GITHUB)
			print_github(d, &d->v[i]);
		else
			print_text(d, &d->v[i], before);
		before = &d->v[i];
	}
}
