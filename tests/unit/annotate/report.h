/* SPDX-License-Identifier: MIT */
/* Reports as texts, annotations as lines:
 *
 *	LEVEL PATH:LINE-END:COLUMN-END TITLE | DETAILS
 */
#ifndef CIRRUS_TESTS_REPORT_H
#define CIRRUS_TESTS_REPORT_H

#include "annotate/annotate.h"
#include "base/buf.h"

#include "tap.h"

static char *said; /* what the last report said, or why it could not be read */

static inline void say_one(struct buf *b, const struct annotation *a)
{
	buf_addf(b, "%s %s:%d-%d:%d-%d %s", annotation_level_name(a->level),
		 a->path ? a->path : "", a->start_line, a->end_line,
		 a->start_column, a->end_column, a->title ? a->title : "");
	if (a->details)
		buf_addf(b, " | %s", a->details);
	buf_addc(b, '\n');
}

static inline const char *report_bytes(const char *format, const char *text,
				       size_t len)
{
	const struct annotate_format *f = annotate_find(format);
	AUTO_ANNOTATIONS struct annotations found = {0};
	AUTO_ERROR struct error *err = NULL;
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	need(f != NULL);
	if (annotate(f, text, len, &found, &err) < 0)
		buf_addf(&b, "%s\n", err ? err->msg : "no reason");
	for (size_t i = 0; i < found.vec.len; i++)
		say_one(&b, found.vec.ptr[i]);
	if (found.left_out > 0)
		buf_addf(&b, "%zu left out\n", found.left_out);
	free(said);
	said = buf_steal(&b);
	return said;
}

static inline const char *report(const char *format, const char *text)
{
	return report_bytes(format, text, strlen(text));
}

#endif
