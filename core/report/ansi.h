/* SPDX-License-Identifier: MIT */
/* Lines of a terminal as HTML: colours become spans, everything else is text.
 *
 *	struct ansi a = {0};
 *
 *	for each line
 *		ansi_line(&a, line, out);
 *
 * Colours last from line to line, as on a terminal.  What is no character, no
 * matter which bytes, ends up as U+FFFD; nothing of a line can end a tag,
 * an attribute or the element around it. */
#ifndef CIRRUS_REPORT_ANSI_H
#define CIRRUS_REPORT_ANSI_H

#include <stdint.h>

#include "report/out.h"

/* A colour: 0 the default, 1 to 16 the terminal's own, else RGB | 1 << 24. */
struct ansi {
	uint32_t foreground, background;
	unsigned int flags; /* bold and the like */
};

/* line: without its newline.  Spans are closed at its end. */
void ansi_line(struct ansi *a, const char *line, struct out *to);
/* Plain text, escaped for text and attributes alike. */
void ansi_text(const char *text, struct out *to);

#endif
