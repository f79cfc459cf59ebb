/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/ansi.h"
#include "report/page.h"
#include "report/words.h"

/* Of a log that is longer than both, these are shown. */
#define HEAD_BYTES ((int64_t)32 << 10)
#define TAIL_BYTES ((int64_t)256 << 10)
/* Once the page is full, only that of each. */
#define LAST_BYTES ((int64_t)4 << 10)

/* Bytes of the log, ended by a NUL that is none of them; *len says how many. */
static char *read_piece(int fd, int64_t from, int64_t to, size_t *len)
{
	char *data = xmalloc((size_t)(to - from) + 1);
	ssize_t n = pread(fd, data, (size_t)(to - from), from);

	*len = n > 0 ? (size_t)n : 0;
	data[*len] = '\0';
	for (size_t i = 0; i < *len; i++)
		if (data[i] == '\0')
			data[i] = '\001'; /* which is not shown either */
	return data;
}

static void put_lines(char *data, size_t len, struct ansi *a, struct out *to)
{
	char *at = data, *end = data + len;

	while (at < end) {
		char *newline = memchr(at, '\n', (size_t)(end - at));

		if (newline)
			*newline = '\0';
		ansi_line(a, at, to);
		out_text(to, "\n");
		at = newline ? newline + 1 : end;
	}
}

static void put_piece(int fd, int64_t from, int64_t to, struct ansi *a,
		      struct out *out)
{
	size_t len;
	AUTO_FREE char *data = read_piece(fd, from, to, &len);

	put_lines(data, len, a, out);
}

static void put_cut(const struct step_view *s, int64_t bytes, struct out *to)
{
	out_format(to,
		   "<span class=\"cut\">%" PRId64 " bytes are left out; all "
		   "of it: ",
		   bytes);
	ansi_text(s->path, to);
	out_text(to, "</span>");
}

static void put_all(struct step_view *s, int64_t *budget, struct out *to)
{
	struct ansi a = {0};
	int64_t head = HEAD_BYTES, tail = TAIL_BYTES, length = s->length;
	int fd = view_log(s);

	if (*budget <= 0) {
		head = 0;
		tail = LAST_BYTES;
	}
	if (length <= head + tail) {
		put_piece(fd, 0, length, &a, to);
	} else {
		put_piece(fd, 0, head, &a, to);
		put_cut(s, length - head - tail, to);
		put_piece(fd, length - tail, length, &a, to);
		length = head + tail;
	}
	*budget -= length;
}

void page_log(struct step_view *s, int64_t *budget, struct out *to)
{
	AUTO_FREE char *ending =
		words_ending(s->status, s->exit_code, s->signal);

	if (s->length == 0 && !ending)
		return;
	out_text(to, "<pre>");
	if (s->length > 0 && view_log(s) >= 0)
		put_all(s, budget, to);
	view_log_close(s);
	if (ending) {
		out_text(to, "<span class=\"end\">");
		ansi_text(ending, to);
		out_text(to, "</span>");
	}
	out_text(to, "</pre>\n");
}
