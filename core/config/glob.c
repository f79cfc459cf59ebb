/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/glob.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

#define GLOB_MAX 16384

struct translation {
	const char *glob, *at;
	const char *wrong_at;
	struct buf out;
	bool in_group;
	const char *why;
};

static int wrong_at(struct translation *t, const char *at, const char *why)
{
	t->why = why;
	t->wrong_at = at;
	return -1;
}

static int wrong(struct translation *t, const char *why)
{
	return wrong_at(t, t->at, why);
}

/* What is missing is reported at the last byte. */
static int wrong_end(struct translation *t, const char *why)
{
	return wrong_at(t, t->at - 1, why);
}

/* A character that stands for itself: all that means something is escaped. */
static void literal(struct translation *t, char c)
{
	if (c && strchr("\\^$.|?*+()[]{}-&~#", c))
		buf_addc(&t->out, '\\');
	buf_addc(&t->out, c);
}

static int on_escape(struct translation *t)
{
	t->at++;
	if (!*t->at)
		return wrong_end(t, "no character to escape");
	literal(t, *t->at++);
	return 0;
}

static void on_star(struct translation *t)
{
	if (t->at[1] == '*') {
		buf_adds(&t->out, "[^\\n]*");
		t->at += 2;
	} else {
		buf_adds(&t->out, "[^/]*");
		t->at++;
	}
}

static void on_question(struct translation *t)
{
	buf_adds(&t->out, "[^/]");
	t->at++;
}

/* The length of the character at s in bytes. */
static size_t char_len(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void class_char(struct translation *t, const char *s, size_t len)
{
	if (strchr("\\[]^-&~", *s))
		buf_addc(&t->out, '\\');
	buf_add(&t->out, s, len);
}

/* Compares characters of UTF-8, whose order is that of their bytes. */
static bool descends(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int order = memcmp(a, b, n);

	return order > 0 || (order == 0 && a_len > b_len);
}

/* One character of a class, or a range of them. */
static int class_item(struct translation *t, bool *may_begin)
{
	const char *from = t->at, *to;
	size_t len = char_len(from), to_len;

	if (*from == '/')
		return wrong(t, "explicit 'name separator' in class");
	/* behind a range, which cannot begin another one */
	if (*from == '-' && !*may_begin)
		return wrong(t, "invalid range");
	*may_begin = true;
	class_char(t, from, len);
	t->at += len;
	if (*t->at != '-' || !t->at[1] || t->at[1] == ']')
		return 0;
	to = t->at + 1;
	to_len = char_len(to);
	if (*to == '/')
		return wrong_at(t, to, "explicit 'name separator' in class");
	if (descends(from, len, to, to_len))
		return wrong_at(t, from, "invalid range");
	buf_addc(&t->out, '-');
	class_char(t, to, to_len);
	t->at = to + to_len;
	*may_begin = false;
	return 0;
}

static int on_class(struct translation *t)
{
	bool may_begin = false;

	t->at++;
	/* a class never matches the separator */
	buf_adds(&t->out, "(?:");
	buf_adds(&t->out, *t->at == '!' ? "[^/" : "[");
	if (*t->at == '!')
		t->at++;
	if (*t->at == '-' || (*t->at == '^' && t->at[-1] == '['))
		literal(t, *t->at++);
	while (*t->at && *t->at != ']')
		if (class_item(t, &may_begin) < 0)
			return -1;
	if (!*t->at)
		return wrong_end(t, "missing ']");
	t->at++;
	buf_adds(&t->out, "])");
	return 0;
}

static int on_open(struct translation *t)
{
	if (t->in_group)
		return wrong(t, "cannot nest groups");
	t->in_group = true;
	buf_adds(&t->out, "(?:(?:");
	t->at++;
	return 0;
}

static void on_group_char(struct translation *t)
{
	if (!t->in_group)
		literal(t, *t->at);
	else if (*t->at == ',')
		buf_adds(&t->out, ")|(?:");
	else
		buf_adds(&t->out, "))");
	if (*t->at == '}')
		t->in_group = false;
	t->at++;
}

static int step(struct translation *t)
{
	switch (*t->at) {
	case '\\':
		return on_escape(t);
	case '*':
		on_star(t);
		return 0;
	case '?':
		on_question(t);
		return 0;
	case '[':
		return on_class(t);
	case '{':
		return on_open(t);
	case ',':
	case '}':
		on_group_char(t);
		return 0;
	default:
		literal(t, *t->at++);
		return 0;
	}
}

static int translate(struct translation *t)
{
	buf_addc(&t->out, '^');
	while (*t->at)
		if (step(t) < 0)
			return -1;
	if (t->in_group)
		return wrong_end(t, "missing '}");
	buf_addc(&t->out, '$');
	return t->out.overflow ? wrong(t, "too long") : 0;
}

const char *glob_regex(struct arena *a, const char *glob, const char **why)
{
	struct translation t = {
		.glob = glob, .at = glob, .out = BUF_INIT(GLOB_MAX)};
	const char *regex = NULL;

	if (translate(&t) == 0)
		regex = arena_strdup(a, t.out.data);
	else
		*why = arena_printf(a,
				    "invalid pattern syntax: %s in %s at %td",
				    t.why, glob, t.wrong_at - glob);
	buf_clear(&t.out);
	return regex;
}
