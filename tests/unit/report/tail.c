/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/tail.h"

#include <fcntl.h>

#include "base/fd.h"

#include "tap.h"

static struct strv lines;
static bool cut;

/* The last lines of a file with this text. */
static void read_tail(const char *text, size_t max)
{
	AUTO_FREE char *path = xasprintf("%s/log", test_dir());
	AUTO_CLOSE int fd = -1;

	strv_clear(&lines);
	need(file_replace(path, text, strlen(text), 0600, NULL) == 0);
	fd = open(path, O_RDONLY);
	tail_read(fd, (int64_t)strlen(text), max, &lines, &cut);
}

TEST(takes_the_last_lines)
{
	read_tail("1\n2\n3\n4\n", 2);
	ok_int(lines.len, 2);
	ok_str(lines.v[0], "3");
	ok_str(lines.v[1], "4");
	ok(cut);
}

TEST(takes_an_unfinished_line_and_empty_ones)
{
	read_tail("\n\nx", 5);
	ok_int(lines.len, 3);
	ok_str(lines.v[0], "");
	ok_str(lines.v[2], "x");
	ok(!cut);
	read_tail("a\n\n", 5);
	ok_int(lines.len, 2);
	ok_str(lines.v[1], "");
}

TEST(takes_nothing_from_nothing)
{
	read_tail("", 5);
	ok_int(lines.len, 0);
	tail_read(-1, 100, 5, &lines, &cut);
	ok_int(lines.len, 0);
}

TEST(reads_only_the_end_of_what_is_long)
{
	static char text[1 << 20];

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text + sizeof(text) - 8, "\nlast\n", 6);
	text[sizeof(text) - 2] = '\0';
	read_tail(text, 2);
	ok_int(lines.len, 2);
	ok_str(lines.v[1], "last");
	ok(cut);
}

static const char *clean(const char *line, int width, bool color)
{
	static struct buf b = BUF_INIT(BUF_LINE);

	buf_reset(&b);
	tail_clean(&b, line, width, color);
	return b.data;
}

TEST(cuts_at_the_width_of_the_terminal)
{
	ok_str(clean("abcdef", 4, false), "abcd");
	ok_str(clean("abcdef", 0, false), "abcdef");
	ok_str(clean("a\xe4\xb8\xad"
		     "b",
		     3, false),
	       "a\xe4\xb8\xad");
	/* half of a wide character does not fit */
	ok_str(clean("a\xe4\xb8\xad"
		     "b",
		     2, false),
	       "a");
}

TEST(obeys_carriage_returns)
{
	ok_str(clean("10%\r20%\r30%", 0, false), "30%");
	ok_str(clean("windows\r", 0, false), "windows");
}

TEST(expands_tabs)
{
	ok_str(clean("a\tb", 0, false), "a       b");
	ok_str(clean("\t", 4, false), "");
}

TEST(lets_no_escape_sequence_through_but_colours)
{
	ok_str(clean("\033[31mred\033[0m", 0, true),
	       "\033[31mred\033[0m\033[0m");
	ok_str(clean("\033[31mred\033[0m", 0, false), "red");
	ok_str(clean("a\033[2J\033[1;1Hb", 0, true), "ab");
	ok_str(clean("\033]0;title\ab\033]8;;x\033\\c", 0, true), "bc");
	ok_str(clean("a\033(Bb\033", 0, true), "ab");
	ok_str(clean("a\033[?31mb\033[", 0, true), "ab");
	ok_str(clean("a\001\b\177b", 0, true), "ab");
}

TEST(closes_a_colour_that_was_cut_off)
{
	ok_str(clean("\033[31mabc\033[0m", 2, true), "\033[31mab\033[0m");
}

TEST(replaces_what_is_no_character)
{
	ok_str(clean("a\xff"
		     "b",
		     0, false),
	       "a\xef\xbf\xbd"
	       "b");
}

TAP_MAIN()
