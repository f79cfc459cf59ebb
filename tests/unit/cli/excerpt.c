/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/excerpt.h"

#include "tap.h"

static const char *show(const char *text, int line, int column)
{
	static struct buf b = BUF_INIT(BUF_LINE);

	buf_reset(&b);
	excerpt_add(&b, text, (struct position){line, column});
	return b.data;
}

TEST(shows_the_lines_before)
{
	ok_str(show("a: 1\nb: 2\nc: 3\n  d: 4\ne: 5\n", 4, 3),
	       "    2 | b: 2\n"
	       "    3 | c: 3\n"
	       "    4 |   d: 4\n"
	       "      |   ^\n");
}

TEST(shows_the_first_line)
{
	ok_str(show("a: 1\n", 1, 1), "    1 | a: 1\n      | ^\n");
}

TEST(puts_the_caret_below_characters_not_bytes)
{
	ok_str(show("\xc3\xa4\xc3\xb6: x", 1, 5),
	       "    1 | \xc3\xa4\xc3\xb6: x\n      |     ^\n");
}

TEST(keeps_tabs)
{
	ok_str(show("\ta\tb\r\n", 1, 4), "    1 | \ta\tb\n      | \t \t^\n");
}

TEST(stays_on_the_line)
{
	ok_str(show("ab\ncd\n", 1, 40), "    1 | ab\n      |   ^\n");
}

TEST(shows_what_the_end_of_the_text_comes_behind)
{
	ok_str(show("a: [x\n", 2, 1), "    1 | a: [x\n"
				      "    2 | \n"
				      "      | ^\n");
}

TEST(shows_of_a_long_line_what_is_around_the_place)
{
	char text[402], want[600];

	memset(text, 'x', 400);
	memcpy(text + 400, "\n", 2);
	text[249] = 'Y';
	snprintf(want, sizeof(want), "    1 | ...%.160s\n      | %83s^\n",
		 text + 169, "");
	ok_str(show(text, 1, 250), want);
	snprintf(want, sizeof(want), "    1 | %.160s\n      |  ^\n", text);
	ok_str(show(text, 1, 2), want);
}

TEST(shows_no_control_characters)
{
	ok_str(show("a: \x1b[31m\xc2\x9b\n", 1, 1),
	       "    1 | a: ?[31m??\n      | ^\n");
}

TEST(shows_nothing_where_there_is_nothing)
{
	ok_str(show("a\n", 0, 1), "");
	ok_str(show("a\n", 7, 1), "");
}

TAP_MAIN()
