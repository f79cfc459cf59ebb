/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/excerpt.h"

#include <string.h>

#define BEFORE 2

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

/* As much white space as what stands before the column; tabs stay tabs, so
 * that the caret comes out right whatever their width. */
static void add_indent(struct buf *to, const char *line, int column)
{
	for (; column > 1 && *line && *line != '\n'; line++) {
		bool continues = ((unsigned char)*line & 0xc0) == 0x80;

		if (continues)
			continue;
		buf_addc(to, *line == '\t' ? '\t' : ' ');
		column--;
	}
}

void excerpt_add(struct buf *to, const char *text, struct position at)
{
	const char *line = at.line > 0 ? line_start(text, at.line) : NULL;
	int from = at.line > BEFORE ? at.line - BEFORE : 1;

	if (!line)
		return;
	for (int i = from; i <= at.line; i++) {
		const char *l = line_start(text, i);

		buf_addf(to, "%5d | %.*s\n", i, (int)strcspn(l, "\r\n"), l);
	}
	buf_adds(to, "      | ");
	add_indent(to, line, at.column);
	buf_adds(to, "^\n");
}
