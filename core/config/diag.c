/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/parser.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"

static const char *format(struct parser *p, const char *fmt, va_list ap)
{
	AUTO_FREE char *text = xvasprintf(fmt, ap);

	return arena_strdup(p->arena, text);
}

static int set(struct parser *p, struct position at, const char *fmt,
	       va_list ap)
{
	p->failure = (struct failure){.message = format(p, fmt, ap), .at = at};
	return -1;
}

int fail(struct parser *p, const struct node *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(p, at->at, fmt, ap);
	va_end(ap);
	return -1;
}

int fail_at(struct parser *p, struct position at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(p, at, fmt, ap);
	va_end(ap);
	return -1;
}

int fail_hint(struct parser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	p->failure.hint = format(p, fmt, ap);
	va_end(ap);
	return -1;
}

void warn(struct parser *p, struct position at, const char *fmt, ...)
{
	struct issue issue = {
		.level = ISSUE_WARNING, .path = p->in->path, .at = at};
	va_list ap;

	va_start(ap, fmt);
	issue.message = format(p, fmt, ap);
	va_end(ap);
	issue_vec_push(&p->issues, issue);
}

bool lint_known(const struct parser *p, struct position at)
{
	for (size_t i = 0; i < p->n_lint; i++)
		if (p->lint_at[i].line == at.line &&
		    p->lint_at[i].column == at.column)
			return true;
	return p->n_lint == MAX_LINT;
}

void lint(struct parser *p, struct position at, const char *suggestion,
	  const char *fmt, ...)
{
	struct issue issue = {.level = ISSUE_WARNING,
			      .path = p->in->path,
			      .at = at,
			      .suggestion = suggestion,
			      .is_lint = true};
	va_list ap;

	if (lint_known(p, at))
		return;
	va_start(ap, fmt);
	issue.message = format(p, fmt, ap);
	va_end(ap);
	p->lint_at[p->n_lint++] = at;
	issue_vec_push(&p->issues, issue);
}

const char *quoted(struct parser *p, const char *text)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	buf_addc(&b, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addf(&b, "\\%c", *text);
		else if (*text == '\n')
			buf_adds(&b, "\\n");
		else if (*text == '\t')
			buf_adds(&b, "\\t");
		else if ((unsigned char)*text < 0x20)
			buf_addf(&b, "\\x%02x", (unsigned char)*text);
		else
			buf_addc(&b, *text);
	}
	buf_addc(&b, '"');
	return arena_strdup(p->arena, b.data);
}
