/* SPDX-License-Identifier: MIT */
/* Draws on a pseudo-terminal and checks what a terminal would show, by a small
 * one of our own: it obeys what the screen uses, and fails on anything else. */
#include "config.h"

#include "report/screen.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "base/buf.h"
#include "base/fd.h"

#include "tap.h"

#define ROWS    50
#define COLUMNS 40

static char cells[ROWS][COLUMNS + 1];
static int row, column, written;
static bool cursor_hidden;
static int master = -1, terminal = -1;

static void obey(const char *sequence)
{
	int n = atoi(sequence + 1);

	written++;
	if (strcmp(sequence, "[K") == 0)
		memset(cells[row] + column, 0, (size_t)(COLUMNS - column));
	else if (strcmp(sequence, "[?25l") == 0)
		cursor_hidden = true;
	else if (strcmp(sequence, "[?25h") == 0)
		cursor_hidden = false;
	else if (strcmp(sequence, "[?7l") != 0 &&
		 strcmp(sequence, "[?7h") != 0) {
		need(sequence[strlen(sequence) - 1] == 'A');
		row -= n;
		need(row >= 0);
	}
}

static void show(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char sequence[16] = "";
		size_t n = 0;

		if (text[i] == '\033') {
			do
				sequence[n++] = text[++i];
			while (n < 2 || !strchr("AKlhm", text[i]));
			obey(sequence);
		} else if (text[i] == '\n') {
			row++;
			column = 0;
		} else if (text[i] == '\r') {
			column = 0;
		} else {
			need(row < ROWS && column < COLUMNS);
			cells[row][column++] = text[i];
			written++;
		}
	}
}

/* Takes over what was written, and returns the screen's text. */
static const char *shown(struct screen *s)
{
	static struct buf b = BUF_INIT(BUF_LINE);
	char data[8192];
	ssize_t n;
	int last = ROWS;

	written = 0;
	out_flush(s->out);
	fd_set_nonblock(master, true);
	while ((n = read(master, data, sizeof(data))) > 0)
		show(data, (size_t)n);
	while (last > 0 && !cells[last - 1][0])
		last--;
	buf_reset(&b);
	for (int i = 0; i < last; i++)
		buf_addf(&b, "%s\n", cells[i]);
	return b.data;
}

static void set_size(int rows, int columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows,
			       .ws_col = (unsigned short)columns};

	need(ioctl(terminal, TIOCSWINSZ, &size) == 0);
}

static void open_terminal(void)
{
	struct termios t;

	fd_close(&master);
	fd_close(&terminal);
	master = posix_openpt(O_RDWR | O_NOCTTY);
	need(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	need(terminal >= 0 && tcgetattr(terminal, &t) == 0);
	cfmakeraw(&t);
	need(tcsetattr(terminal, TCSANOW, &t) == 0);
	set_size(24, 40);
	memset(cells, 0, sizeof(cells));
	row = column = 0;
}

static void draw(struct screen *s, ...)
{
	AUTO_STRV struct strv lines = {0};
	const char *line;
	va_list ap;

	va_start(ap, s);
	while ((line = va_arg(ap, const char *)))
		strv_push(&lines, line);
	va_end(ap);
	screen_draw(s, &lines);
}

TEST(draws_and_redraws_in_place)
{
	struct screen s;
	struct out out;

	open_terminal();
	out_init(&out, terminal);
	screen_start(&s, &out);
	draw(&s, "one", "two", "three", NULL);
	ok_str(shown(&s), "one\ntwo\nthree\n");
	ok(cursor_hidden);
	draw(&s, "one", "2", "three", NULL);
	ok_str(shown(&s), "one\n2\nthree\n");
	draw(&s, "one", NULL);
	ok_str(shown(&s), "one\n");
	draw(&s, "one", "two again", NULL);
	ok_str(shown(&s), "one\ntwo again\n");
	screen_end(&s);
	ok_str(shown(&s), "");
	ok(!cursor_hidden);
	out_clear(&out);
}

TEST(writes_nothing_where_nothing_changed)
{
	struct screen s;
	struct out out;

	open_terminal();
	out_init(&out, terminal);
	screen_start(&s, &out);
	draw(&s, "one", "two", NULL);
	shown(&s);
	draw(&s, "one", "two", NULL);
	shown(&s);
	ok_int(written, 0);
	draw(&s, "one", "2", NULL);
	shown(&s);
	/* up, no wrapping, "2", erase, wrapping */
	ok_int(written, 5);
	screen_end(&s);
	out_clear(&out);
}

TEST(prints_above_the_live_lines)
{
	struct screen s;
	struct out out;

	open_terminal();
	out_init(&out, terminal);
	screen_start(&s, &out);
	draw(&s, "live 1", "live 2", NULL);
	screen_print(&s, "done");
	screen_print(&s, "done too");
	ok_str(shown(&s), "done\ndone too\n");
	draw(&s, "live 3", NULL);
	ok_str(shown(&s), "done\ndone too\nlive 3\n");
	screen_end(&s);
	ok_str(shown(&s), "done\ndone too\n");
	out_clear(&out);
}

TEST(erases_what_a_narrower_terminal_has_broken)
{
	struct screen s;
	struct out out;

	open_terminal();
	out_init(&out, terminal);
	screen_start(&s, &out);
	screen_print(&s, "above");
	draw(&s, "0123456789abcdef", "x", NULL);
	shown(&s);
	/* what such a terminal does by itself */
	set_size(24, 10);
	memset(cells[1] + 10, 0, 6);
	memcpy(cells[2], "abcdef", 7);
	memcpy(cells[3], "x", 2);
	row = 4;
	ok(screen_measure(&s));
	draw(&s, "0123456789", "x", NULL);
	ok_str(shown(&s), "above\n0123456789\nx\n");
	ok(!screen_measure(&s));
	screen_end(&s);
	out_clear(&out);
}

TEST(draws_no_live_lines_where_there_is_no_terminal)
{
	AUTO_FREE char *path = xasprintf("%s/out", test_dir());
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT, 0600);
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	struct screen s;
	struct out out;

	out_init(&out, fd);
	screen_start(&s, &out);
	draw(&s, "live", NULL);
	screen_print(&s, "done");
	screen_end(&s);
	out_flush(&out);
	need(file_read(path, &b, NULL) == 0);
	ok_str(b.data, "done\n");
	out_clear(&out);
}

TEST(puts_the_terminal_right_from_a_signal_handler)
{
	struct screen s;
	struct out out;

	open_terminal();
	out_init(&out, terminal);
	screen_start(&s, &out);
	shown(&s);
	ok(cursor_hidden);
	screen_restore();
	shown(&s);
	ok(!cursor_hidden);
	screen_end(&s);
	shown(&s);
	screen_restore();
	shown(&s);
	ok_int(written, 0);
	out_clear(&out);
}

TAP_MAIN()
