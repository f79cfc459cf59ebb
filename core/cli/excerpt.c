/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/excerpt.h"

#include <string.h>

#include "base/utf8.h"

#define BEFORE 2
/* Of a longer line only the characters around the place are shown. */
#define WIDTH 160

/* The start of a line counted from 1, also of the empty one behind the last
 * newline; or NULL. */
static const char *line_start(const char *text, int line)
{
	while (line > 1 && (text = strchr(text, '\n'))) {
		text++;
		line--;
	}
	return text;
}

/* Behind `n` characters of a line, or at its end. */
static const char *skip(const char *s, int n)
{
	while (*s && *s != '\n' && *s != '\r') {
		bool continues = ((unsigned char)*s & 0xc0) == 0x80;

		if (!continues && n-- == 0)
			break;
		s++;
	}
	return s;
}

static void add_line(struct buf *to, int number, const char *mark,
		     const char *from)
{
	const char *end = skip(from, WIDTH);
	AUTO_FREE char *shown = xstrndup(from, (size_t)(end - from));

	utf8_tame(shown, false);
	buf_addf(to, "%5d | %s%s\n", number, mark, shown);
}

/* As much white space as what stands before the place; tabs stay tabs, so that
 * the caret comes out right whatever their width. */
static void add_indent(struct buf *to, const char *from, const char *place)
{
	for (; from < place; from++) {
		bool continues = ((unsigned char)*from & 0xc0) == 0x80;

		if (!continues)
			buf_addc(to, *from == '\t' ? '\t' : ' ');
	}
}

void excerpt_add(struct buf *to, const char *text, struct position at)
{
	const char *line = at.line > 0 ? line_start(text, at.line) : NULL;
	int from = at.line > BEFORE ? at.line - BEFORE : 1;
	int column = at.column > 0 ? at.column - 1 : 0;
	int left_out = column > WIDTH / 2 ? column - WIDTH / 2 : 0;
	const char *start;

	if (!line)
		return;
	for (int i = from; i < at.line; i++)
		add_line(to, i, "", line_start(text, i));
	if (!*skip(line, WIDTH) || *skip(line, WIDTH) == '\n' ||
	    *skip(line, WIDTH) == '\r')
		left_out = 0;
	start = skip(line, left_out);
	add_line(to, at.line, left_out ? "..." : "", start);
	buf_adds(to, left_out ? "      |    " : "      | ");
	add_indent(to, start, skip(line, column));
	buf_adds(to, "^\n");
}
