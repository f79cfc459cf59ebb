/* SPDX-License-Identifier: MIT */
/* What reports have said so far, within limits and safe to show.
 *
 * Reports come out of the task, and nobody vouches for them: control characters
 * and terminals' escape sequences are taken out, what is no UTF-8 is replaced,
 * long texts are cut, and there is an end to how many are kept.  Notices (mostly
 * tests that passed) take up half of the room at most, so that they never stand
 * in the way of what failed. */
#ifndef CIRRUS_ANNOTATE_LIST_H
#define CIRRUS_ANNOTATE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"
#include "model/annotation.h"

#define ANNOTATIONS_MAX   ((size_t)50000)
#define ANNOTATIONS_BYTES ((size_t)32 << 20)

/* Bytes of each, as they are shown. */
#define ANNOTATION_TITLE   ((size_t)1024)
#define ANNOTATION_DETAILS ((size_t)32 * 1024)
#define ANNOTATION_PATH    ((size_t)4096)

VEC_DEFINE(annotation_vec, struct annotation *);

struct annotations {
	struct annotation_vec vec;
	size_t bytes;
	size_t left_out; /* for want of room */
};

/* What a parser found, as it found it. */
struct finding {
	enum annotation_level level;
	const char *title, *details, *path;
	int start_line, end_line, start_column, end_column;
};

void annotations_add(struct annotations *list, const struct finding *f);
void annotations_clear(struct annotations *list);
#define AUTO_ANNOTATIONS __attribute__((__cleanup__(annotations_clear)))

/* Text as it may be shown, for free(); `lines`: it may have several. */
char *annotation_text(const char *text, size_t max, bool lines);

#endif
