/* SPDX-License-Identifier: MIT */
/* The name of a format, a newline, a report.  Whatever it is, what comes out is
 * text that can be shown, and not much more of it than went in. */
#include "config.h"

#include "annotate/annotate.h"

#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"

static void check_text(const char *text, size_t max, bool lines)
{
	size_t len = text ? strlen(text) : 0;

	if (text && (len == 0 || len > max + strlen("...")))
		__builtin_trap();
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t c;

		n = utf8_next(text + i, len - i, &c);
		if ((c == UTF8_BAD && n == 1) || (c >= 0x7f && c < 0xa0) ||
		    (c < ' ' && c != '\t' && !(lines && c == '\n')))
			__builtin_trap();
	}
}

static void check(const struct annotations *list)
{
	for (size_t i = 0; i < list->vec.len; i++) {
		const struct annotation *a = list->vec.ptr[i];

		check_text(a->title, ANNOTATION_TITLE, false);
		check_text(a->details, ANNOTATION_DETAILS, true);
		check_text(a->path, ANNOTATION_PATH, false);
		if (a->start_line < 0 || a->end_line < a->start_line ||
		    a->start_column < 0 || a->end_column < 0)
			__builtin_trap();
	}
}

/* An error says where: "LINE:COLUMN: why". */
static void check_error(const struct error *err)
{
	size_t n;

	if (!err || err->msg[n = strspn(err->msg, "0123456789")] != ':')
		__builtin_trap();
	if (err->msg[n + 1 + strspn(err->msg + n + 1, "0123456789")] != ':')
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = memchr(data, '\n', size);
	AUTO_ANNOTATIONS struct annotations found = {0};
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *name = NULL;
	AUTO_FREE char *text = NULL;
	const struct annotate_format *f;
	size_t len;

	if (!newline)
		return 0;
	len = size - (size_t)(newline + 1 - data);
	name = xmemdup0(data, (size_t)(newline - data));
	/* exactly so large, so that reading beyond it shows */
	text = xmalloc(len > 0 ? len : 1);
	memcpy(text, newline + 1, len);
	f = annotate_find(name);
	if (f && annotate(f, text, len, &found, &err) < 0)
		check_error(err);
	check(&found);
	return 0;
}
