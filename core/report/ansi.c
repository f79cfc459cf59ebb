/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/ansi.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/tail.h"

#define RGB(r, g, b) \
	(1u << 24 | (uint32_t)(r) << 16 | (uint32_t)(g) << 8 | (uint32_t)(b))

enum {
	BOLD = 1,
	DIM = 2,
	ITALIC = 4,
	UNDERLINE = 8,
	INVERSE = 16,
	STRIKE = 32
};

/* --- text --------------------------------------------------------------------- */

static void add_character(struct out *to, const char *at, size_t n, uint32_t c)
{
	switch (c) {
	case '<':
		out_text(to, "&lt;");
		break;
	case '>':
		out_text(to, "&gt;");
		break;
	case '&':
		out_text(to, "&amp;");
		break;
	case '"':
		out_text(to, "&quot;");
		break;
	case UTF8_BAD:
		out_text(to, UTF8_MARK);
		break;
	default:
		/* controls of the second kind are no characters in HTML */
		if ((c >= 0x20 && !(c >= 0x7f && c < 0xa0)) || c == '\t' ||
		    c == '\n')
			out_add(to, at, n);
	}
}

void ansi_text(const char *text, struct out *to)
{
	while (*text) {
		uint32_t c;
		size_t n = utf8_next(text, strlen(text), &c);

		add_character(to, text, n, c);
		text += n;
	}
}

/* --- colours ------------------------------------------------------------------ */

/* One of 256: sixteen of the terminal's own, a cube, greys. */
static uint32_t indexed(long n)
{
	static const int level[] = {0, 95, 135, 175, 215, 255};

	if (n < 0 || n > 255)
		return 0;
	if (n < 16)
		return (uint32_t)n + 1;
	if (n >= 232)
		return RGB(8 + (n - 232) * 10, 8 + (n - 232) * 10,
			   8 + (n - 232) * 10);
	n -= 16;
	return RGB(level[n / 36], level[n / 6 % 6], level[n % 6]);
}

/* "38;5;N" and "38;2;R;G;B": how many numbers behind the first it took. */
static size_t extended(const long *n, size_t left, uint32_t *color)
{
	if (left >= 2 && n[0] == 5) {
		*color = indexed(n[1]);
		return 2;
	}
	if (left >= 4 && n[0] == 2) {
		*color = RGB(n[1] & 255, n[2] & 255, n[3] & 255);
		return 4;
	}
	return left;
}

static bool set_flag(struct ansi *a, long n)
{
	static const struct {
		unsigned int on, off; /* flags */
	} flags[] = {
		[1] = {BOLD, 0},        [2] = {DIM, 0},
		[3] = {ITALIC, 0},      [4] = {UNDERLINE, 0},
		[7] = {INVERSE, 0},     [9] = {STRIKE, 0},
		[22] = {0, BOLD | DIM}, [23] = {0, ITALIC},
		[24] = {0, UNDERLINE},  [27] = {0, INVERSE},
		[29] = {0, STRIKE},
	};

	if (n < 0 || (size_t)n >= ARRAY_LEN(flags))
		return false;
	a->flags = (a->flags | flags[n].on) & ~flags[n].off;
	return true;
}

/* One number of a sequence; how many of those behind it it took. */
static size_t apply(struct ansi *a, const long *n, size_t left)
{
	if (*n == 0)
		*a = (struct ansi){0};
	else if (*n == 38)
		return extended(n + 1, left, &a->foreground);
	else if (*n == 48)
		return extended(n + 1, left, &a->background);
	else if (*n >= 30 && *n <= 37)
		a->foreground = (uint32_t)(*n - 30 + 1);
	else if (*n >= 90 && *n <= 97)
		a->foreground = (uint32_t)(*n - 90 + 9);
	else if (*n == 39)
		a->foreground = 0;
	else if (*n >= 40 && *n <= 47)
		a->background = (uint32_t)(*n - 40 + 1);
	else if (*n >= 100 && *n <= 107)
		a->background = (uint32_t)(*n - 100 + 9);
	else if (*n == 49)
		a->background = 0;
	else
		set_flag(a, *n);
	return 0;
}

/* ESC [ numbers m, up to `end`. */
static void take_colors(struct ansi *a, const char *at, const char *end)
{
	long n[32];
	size_t len = 0;

	at += 2;
	while (at < end && len < ARRAY_LEN(n)) {
		char *behind;

		n[len++] = strtol(at, &behind, 10);
		at = behind + 1;
	}
	for (size_t i = 0; i < len; i++)
		i += apply(a, &n[i], len - i - 1);
}

static bool is_color(const char *at, const char *end)
{
	return at[1] == '[' && end > at + 2 && end[-1] == 'm' &&
	       strspn(at + 2, "0123456789;:") == (size_t)(end - at - 3);
}

/* --- spans -------------------------------------------------------------------- */

static void add_classes(struct out *to, const struct ansi *a, uint32_t fg,
			uint32_t bg)
{
	static const char *const names[] = {"b", "d", "i", "u", "v", "s"};

	out_text(to, "<span class=\"");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (a->flags & (1u << i))
			out_format(to, "%s ", names[i]);
	if (fg > 0 && fg <= 16)
		out_format(to, "f%u ", fg - 1);
	if (bg > 0 && bg <= 16)
		out_format(to, "g%u", bg - 1);
	out_text(to, "\"");
}

static bool open_span(struct out *to, const struct ansi *a)
{
	uint32_t fg = a->foreground, bg = a->background;

	if (!fg && !bg && !a->flags)
		return false;
	if (a->flags & INVERSE) {
		fg = a->background;
		bg = a->foreground;
	}
	add_classes(to, a, fg, bg);
	if (fg > 16 || bg > 16)
		out_text(to, " style=\"");
	if (fg > 16)
		out_format(to, "color:#%06x;", fg & 0xffffff);
	if (bg > 16)
		out_format(to, "background:#%06x", bg & 0xffffff);
	out_text(to, fg > 16 || bg > 16 ? "\">" : ">");
	return true;
}

static void close_span(struct out *to, bool *open)
{
	if (*open)
		out_text(to, "</span>");
	*open = false;
}

void ansi_line(struct ansi *a, const char *line, struct out *to)
{
	const char *at = tail_after_return(line);
	size_t left = strlen(at);
	bool open = false, fresh = true;

	while (*at) {
		uint32_t c;
		size_t n = utf8_next(at, left, &c);

		if (c == 0x1b) {
			const char *end = tail_skip_escape(at);

			if (is_color(at, end))
				take_colors(a, at, end);
			n = (size_t)(end - at);
			close_span(to, &open);
			fresh = true;
		} else {
			if (fresh)
				open = open_span(to, a);
			fresh = false;
			add_character(to, at, n, c);
		}
		at += n;
		left -= n;
	}
	close_span(to, &open);
}
