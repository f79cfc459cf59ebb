/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "annotate/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* What an annotation costs beside its texts. */
#define OVERHEAD (sizeof(struct annotation) + 4 * sizeof(void *))

/* --- text ------------------------------------------------------------------------- */

/* Behind an escape sequence of a terminal that begins at text. */
static size_t skip_escape(const char *text, size_t len)
{
	size_t i = 1;

	if (i == len || text[i] != '[')
		return i;
	for (i++; i < len && text[i] >= ' ' && text[i] < '@'; i++)
		;
	return i < len && text[i] >= '@' && text[i] <= '~' ? i + 1 : i;
}

/* What ends a line, in all the ways in which lines are ended. */
static void add_newline(struct buf *b, bool lines)
{
	buf_addc(b, lines ? '\n' : ' ');
}

/* The character at text, or what stands for it; how many bytes it took. */
static size_t add_character(struct buf *b, const char *text, size_t len,
			    bool lines)
{
	uint32_t c;
	size_t n = utf8_next(text, len, &c);

	if (c == 0x1b)
		return skip_escape(text, len);
	if (c == '\r' && len > 1 && text[1] == '\n')
		return 1;
	if (c == '\n' || c == '\r')
		add_newline(b, lines);
	else if (c == UTF8_BAD && n == 1)
		buf_adds(b, UTF8_MARK);
	else if ((c < ' ' && c != '\t') || (c >= 0x7f && c < 0xa0))
		buf_addc(b, '?');
	else
		buf_add(b, text, n);
	return n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

char *annotation_text(const char *text, size_t max, bool lines)
{
	size_t len = strnlen(text, max * 2), at = 0;
	AUTO_BUF struct buf b = BUF_INIT(max * 8);

	while (at < len && b.len <= max)
		at += add_character(&b, text + at, len - at, lines);
	if (b.len > max || text[len]) {
		buf_truncate(&b, b.len > max ? max : b.len);
		buf_truncate(&b, b.len - utf8_unfinished(b.data, b.len));
		buf_adds(&b, "...");
	}
	while (b.len > 0 && is_blank(b.data[b.len - 1]))
		buf_truncate(&b, b.len - 1);
	for (at = 0; is_blank(b.data[at]); at++)
		;
	/* the first line keeps its indentation */
	while (lines && at > 0 && b.data[at - 1] != '\n')
		at--;
	buf_consume(&b, at);
	return buf_steal(&b);
}

/* NULL for what has nothing to show. */
static char *text_of(const char *text, size_t max, bool lines)
{
	AUTO_FREE char *safe = text ? annotation_text(text, max, lines) : NULL;

	return safe && *safe ? STEAL_PTR(safe) : NULL;
}

/* --- the list --------------------------------------------------------------------- */

static size_t bytes_of(const struct annotation *a)
{
	return OVERHEAD + (a->title ? strlen(a->title) : 0) +
	       (a->details ? strlen(a->details) : 0) +
	       (a->path ? strlen(a->path) : 0);
}

static bool has_room(const struct annotations *list,
		     enum annotation_level level)
{
	size_t part = level == ANNOTATION_NOTICE ? 2 : 1;

	return list->vec.len < ANNOTATIONS_MAX / part &&
	       list->bytes < ANNOTATIONS_BYTES / part;
}

static int positive(int n)
{
	return n > 0 ? n : 0;
}

void annotations_add(struct annotations *list, const struct finding *f)
{
	struct annotation *a;

	if (!has_room(list, f->level)) {
		list->left_out++;
		return;
	}
	a = annotation_new(f->level);
	a->title = text_of(f->title, ANNOTATION_TITLE, false);
	a->details = text_of(f->details, ANNOTATION_DETAILS, true);
	a->path = text_of(f->path, ANNOTATION_PATH, false);
	a->start_line = positive(f->start_line);
	a->end_line = f->end_line > a->start_line ? f->end_line : a->start_line;
	a->start_column = positive(f->start_column);
	a->end_column = positive(f->end_column);
	annotation_vec_push(&list->vec, a);
	list->bytes += bytes_of(a);
}

void annotations_clear(struct annotations *list)
{
	for (size_t i = 0; i < list->vec.len; i++)
		annotation_free(list->vec.ptr[i]);
	annotation_vec_clear(&list->vec);
	*list = (struct annotations){0};
}
