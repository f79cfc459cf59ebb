/* SPDX-License-Identifier: MIT */
/* Writing to people: buffered, never corrupting, patient with slow readers.
 *
 * What is added arrives in order and whole, or not at all: after the first
 * failure (a reader that went away, a full disk) everything is dropped and
 * `errnum` says why.  The end of what was written is remembered, so that a
 * line of ours never lands behind an unfinished one.  One owner. */
#ifndef CIRRUS_REPORT_OUT_H
#define CIRRUS_REPORT_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct out {
	int fd;
	struct buf pending;
	int errnum;   /* 0: all is well */
	int newlines; /* the text ends in that many, at most 2 */
};

void out_init(struct out *o, int fd);
void out_clear(struct out *o); /* does not flush, does not close */

void out_add(struct out *o, const void *data, size_t len);
void out_text(struct out *o, const char *text);
void out_format(struct out *o, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Bytes of a file, in blocks so large that their number does not matter; stops
 * early where the file does. */
void out_file(struct out *o, int fd, int64_t offset, int64_t length);
/* Ends an unfinished line. */
void out_end_line(struct out *o);
/* Ends an unfinished line and makes the last one an empty one. */
void out_end_paragraph(struct out *o);
void out_flush(struct out *o);

#endif
