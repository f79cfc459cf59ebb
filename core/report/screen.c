/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/screen.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"
#define NO_WRAP     "\033[?7l"
#define WRAP        "\033[?7h"
#define ERASE_LINE  "\033[K"

/* The terminal that a signal handler has to put right; -1: none. */
static volatile int restore_fd = -1;

void screen_restore(void)
{
	static const char text[] = WRAP SHOW_CURSOR "\n";
	int fd = restore_fd, saved = errno;

	if (fd >= 0 && write(fd, text, sizeof(text) - 1) < 0)
		errno = saved;
	errno = saved;
}

bool screen_measure(struct screen *s)
{
	struct winsize size = {0};
	int rows = 24, columns = 80;
	bool changed;

	if (ioctl(s->out->fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
	    size.ws_col > 0) {
		rows = size.ws_row;
		columns = size.ws_col;
	}
	changed = rows != s->rows || columns != s->columns;
	s->rows = rows;
	s->columns = columns;
	return changed;
}

void screen_start(struct screen *s, struct out *out)
{
	*s = (struct screen){.out = out, .active = isatty(out->fd)};
	screen_measure(s);
	if (!s->active)
		return;
	out_text(out, HIDE_CURSOR);
	restore_fd = out->fd;
}

/* Columns of a line of ours, whose only escape sequences are colours. */
static int columns_of(const char *line)
{
	int columns = 0;

	while (*line) {
		size_t text = strcspn(line, "\033");

		columns += utf8_text_width(line, text);
		line += text;
		if (*line)
			line += strcspn(line, "m");
		if (*line)
			line++;
	}
	return columns;
}

/* How many rows the live lines take now: a terminal that became narrower has
 * broken the longer ones. */
static int live_rows(const struct screen *s)
{
	int rows = 0;

	if (s->columns >= s->live_columns)
		return (int)s->live.len;
	for (size_t i = 0; i < s->live.len; i++) {
		int columns = columns_of(s->live.v[i]);

		rows += columns > 0 ? (columns - 1) / s->columns + 1 : 1;
	}
	return rows;
}

/* Line by line: to erase all below is, on the first row, to clear the screen,
 * and there are terminals that keep a cleared screen for scrolling back. */
static void erase(struct screen *s)
{
	int rows = live_rows(s);

	if (rows > 0)
		out_format(s->out, "\033[%dA\r", rows);
	for (int i = 0; i < rows; i++)
		out_text(s->out, ERASE_LINE "\n");
	if (rows > 0)
		out_format(s->out, "\033[%dA", rows);
	strv_clear(&s->live);
}

static void append(struct screen *s, const char *line)
{
	out_text(s->out, line);
	out_text(s->out, "\n");
	strv_push(&s->live, line);
}

static void draw_all(struct screen *s, const struct strv *lines)
{
	erase(s);
	out_text(s->out, NO_WRAP);
	for (size_t i = 0; i < lines->len; i++)
		append(s, lines->v[i]);
	out_text(s->out, WRAP);
}

static bool same(const struct strv *a, const struct strv *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

/* Writes the lines that differ where they stand. */
static void draw_changes(struct screen *s, const struct strv *lines)
{
	size_t first = 0;

	while (strcmp(s->live.v[first], lines->v[first]) == 0)
		first++;
	out_format(s->out, "\033[%zuA\r" NO_WRAP, s->live.len - first);
	for (size_t i = first; i < lines->len; i++) {
		if (strcmp(s->live.v[i], lines->v[i]) == 0)
			out_text(s->out, "\n");
		else
			out_format(s->out, "%s" ERASE_LINE "\n", lines->v[i]);
	}
	out_text(s->out, WRAP);
	strv_clear(&s->live);
	for (size_t i = 0; i < lines->len; i++)
		strv_push(&s->live, lines->v[i]);
}

void screen_draw(struct screen *s, const struct strv *lines)
{
	bool resized = s->live_columns != s->columns;

	if (!s->active || (!resized && same(&s->live, lines)))
		return;
	if (resized || s->live.len != lines->len)
		draw_all(s, lines);
	else
		draw_changes(s, lines);
	s->live_columns = s->columns;
	out_flush(s->out);
}

void screen_print(struct screen *s, const char *line)
{
	erase(s);
	out_text(s->out, line);
	out_text(s->out, "\n");
}

void screen_end(struct screen *s)
{
	if (!s->active)
		return;
	erase(s);
	out_text(s->out, WRAP SHOW_CURSOR);
	out_flush(s->out);
	restore_fd = -1;
	s->active = false;
}
