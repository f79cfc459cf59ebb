/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/utf8.h"

#include "tap.h"

static uint32_t first(const char *text, size_t *taken)
{
	uint32_t c;

	*taken = utf8_next(text, strlen(text), &c);
	return c;
}

TEST(reads_characters_of_every_length)
{
	static const struct {
		const char *text;
		uint32_t want;
		size_t taken;
	} cases[] = {
		{"a", 'a', 1},
		{"\xc3\xa4", 0xe4, 2},
		{"\xe2\x9c\x85", 0x2705, 3},
		{"\xf0\x9f\x95\x90", 0x1f550, 4},
	};
	size_t taken;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ok_int(first(cases[i].text, &taken), cases[i].want);
		ok_int(taken, cases[i].taken);
	}
}

TEST(refuses_what_is_no_character)
{
	static const char *const bad[] = {
		"\x80",             /* a stray continuation */
		"\xff",             /* begins nothing */
		"\xc3",             /* ends too early */
		"\xe2\x9c",         /* ends too early */
		"\xc3(",            /* not continued */
		"\xc0\xaf",         /* overlong */
		"\xe0\x80\xaf",     /* overlong */
		"\xed\xa0\x80",     /* a surrogate */
		"\xf4\x90\x80\x80", /* beyond the last */
	};
	size_t taken;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ok_int(first(bad[i], &taken), UTF8_BAD);
		ok_int(taken, 1);
	}
}

TEST(finds_an_unfinished_end)
{
	ok_int(utf8_unfinished("", 0), 0);
	ok_int(utf8_unfinished("abc", 3), 0);
	ok_int(utf8_unfinished("a\xc3", 2), 1);
	ok_int(utf8_unfinished("a\xc3\xa4", 3), 0);
	ok_int(utf8_unfinished("\xe2\x9c", 2), 2);
	ok_int(utf8_unfinished("\xf0\x9f\x95", 3), 3);
	ok_int(utf8_unfinished("\x80\x80\x80\x80", 4), 0);
}

TEST(knows_how_wide_characters_are)
{
	ok_int(utf8_width('a'), 1);
	ok_int(utf8_width('\n'), 0);
	ok_int(utf8_width(0x1b), 0);
	ok_int(utf8_width(0xe4), 1);
	ok_int(utf8_width(0x301), 0);   /* combining acute */
	ok_int(utf8_width(0x4e2d), 2);  /* a Han character */
	ok_int(utf8_width(0xac00), 2);  /* a Hangul syllable */
	ok_int(utf8_width(0x2705), 2);  /* white heavy check mark */
	ok_int(utf8_width(0x2713), 1);  /* check mark */
	ok_int(utf8_width(0x1f550), 2); /* a clock face */
	ok_int(utf8_text_width("a\xe4\xb8\xad\xcc\x81", 6), 3);
}

TAP_MAIN()
