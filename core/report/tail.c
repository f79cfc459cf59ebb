/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/tail.h"

#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

/* Longer lines than this, on average, and fewer lines are shown. */
#define LINE_BYTES 2048

/* Where the last `max` lines of data begin. */
static size_t last_lines(const char *data, size_t len, size_t max)
{
	size_t at = len > 0 && data[len - 1] == '\n' ? len - 1 : len;

	while (at > 0) {
		if (data[at - 1] == '\n' && --max == 0)
			break;
		at--;
	}
	return at;
}

void tail_read(int fd, int64_t length, size_t max, struct strv *lines,
	       bool *cut)
{
	AUTO_FREE char *data = NULL;
	int64_t size = (int64_t)max * LINE_BYTES;
	int64_t from = length > size ? length - size : 0;
	ssize_t n;
	size_t at, end;

	*cut = from > 0;
	if (fd < 0 || length <= 0)
		return;
	data = xmalloc((size_t)(length - from) + 1);
	n = pread(fd, data, (size_t)(length - from), from);
	if (n <= 0)
		return;
	end = (size_t)n - (data[n - 1] == '\n');
	at = last_lines(data, (size_t)n, max);
	*cut |= at > 0;
	while (at <= end) {
		size_t line = at;

		while (at < end && data[at] != '\n')
			at++;
		strv_push_steal(lines, xmemdup0(data + line, at - line));
		at++;
	}
}

/* --- what a terminal may be given ------------------------------------------ */

const char *tail_skip_escape(const char *text)
{
	const char *p = text + 1;

	if (*p == '[') { /* CSI: parameters, then one final byte */
		for (p++; *p && ((unsigned char)*p < 0x40 || *p == 0x7f); p++)
			;
		return *p ? p + 1 : p;
	}
	if (*p == ']' || *p == 'P' || *p == '_' || *p == '^') {
		/* OSC and other strings, up to BEL or ESC \ */
		for (p++; *p && *p != '\a'; p++)
			if (p[0] == '\033' && p[1] == '\\')
				return p + 2;
		return *p ? p + 1 : p;
	}
	while ((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x30)
		p++;
	return *p ? p + 1 : p;
}

static bool is_color(const char *from, const char *end)
{
	return from[1] == '[' && end > from + 2 && end[-1] == 'm' &&
	       strspn(from + 2, "0123456789;:") == (size_t)(end - from - 3);
}

const char *tail_after_return(const char *line)
{
	const char *at = line, *cr;

	while ((cr = strchr(at, '\r')) && cr[1])
		at = cr + 1;
	return at;
}

/* Adds one character; false where it does not fit any more. */
static bool add_character(struct buf *to, const char *at, size_t n, uint32_t c,
			  int width, int *column)
{
	int columns = utf8_width(c);

	if (c == '\t')
		columns = 8 - *column % 8;
	if (width > 0 && *column + columns > width)
		return false;
	*column += columns;
	if (c == '\t')
		buf_addf(to, "%*s", columns, "");
	else if (c == UTF8_BAD)
		buf_adds(to, UTF8_MARK);
	else if (c >= 0x20 && !(c >= 0x7f && c < 0xa0))
		buf_add(to, at, n);
	return true;
}

void tail_clean(struct buf *to, const char *line, int width, bool color)
{
	const char *at = tail_after_return(line);
	bool colored = false;
	int column = 0;

	while (*at) {
		uint32_t c;
		size_t n = utf8_next(at, strlen(at), &c);

		if (c == 0x1b) {
			const char *end = tail_skip_escape(at);

			if (color && is_color(at, end)) {
				buf_add(to, at, (size_t)(end - at));
				colored = true;
			}
			at = end;
			continue;
		}
		if (!add_character(to, at, n, c, width, &column))
			break;
		at += n;
	}
	if (colored)
		buf_adds(to, "\033[0m");
}

void tail_put(struct step_view *s, size_t max, bool color,
	      void (*put)(const char *line, struct out *to), struct out *to)
{
	AUTO_STRV struct strv lines = {0};
	bool cut;

	tail_read(view_log(s), s->length, max, &lines, &cut);
	view_log_close(s);
	if (cut)
		put("...", to);
	for (size_t i = 0; i < lines.len; i++) {
		AUTO_BUF struct buf line = BUF_INIT(BUF_FILE);

		tail_clean(&line, lines.v[i], 0, color);
		put(line.data, to);
	}
}
