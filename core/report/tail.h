/* SPDX-License-Identifier: MIT */
/* The end of a step's output as lines that a terminal can show. */
#ifndef CIRRUS_REPORT_TAIL_H
#define CIRRUS_REPORT_TAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/strv.h"
#include "report/out.h"
#include "report/view.h"

/* The last `max` lines among the first `length` bytes of the file, as they
 * stand there, without their newlines; *cut tells whether there were more. */
void tail_read(int fd, int64_t length, size_t max, struct strv *lines,
	       bool *cut);

/* Adds what a line of output looks like: tabs become spaces, what a carriage
 * return overwrote is gone, so are control characters and all escape sequences
 * but colours (those too, unless `color`).  No wider than `width` columns; 0: as
 * wide as it is. */
void tail_clean(struct buf *to, const char *line, int width, bool color);

/* The last lines of a step's output, clean, given to `put` one by one; "..."
 * first where there were more. */
void tail_put(struct step_view *s, size_t max, bool color,
	      void (*put)(const char *line, struct out *to), struct out *to);

/* Behind an escape sequence that begins at text (a terminal's, not a C one). */
const char *tail_skip_escape(const char *text);
/* What of a line stands there once its last carriage return was obeyed. */
const char *tail_after_return(const char *line);

#endif
