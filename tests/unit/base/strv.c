/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/strv.h"

#include "tap.h"

TEST(is_an_argv_at_any_time)
{
	AUTO_STRV struct strv s = {0};

	ok(s.v == NULL);
	for (int i = 0; i < 100; i++) {
		strv_pushf(&s, "%d", i);
		ok(s.v[s.len] == NULL);
	}
	ok_int(s.len, 100);
	ok_str(s.v[0], "0");
	ok_str(s.v[99], "99");
}

TEST(push_copies_and_push_steal_takes_over)
{
	AUTO_STRV struct strv s = {0};
	char text[] = "abc";
	char *own = xstrdup("def");

	strv_push(&s, text);
	text[0] = 'x';
	strv_push_steal(&s, own);
	ok_str(s.v[0], "abc");
	ok(s.v[1] == own);
}

TEST(knows_what_it_contains)
{
	AUTO_STRV struct strv s = {0};

	ok(!strv_contains(&s, ""));
	strv_push(&s, "abc");
	ok(strv_contains(&s, "abc"));
	ok(!strv_contains(&s, "ab"));
}

TEST(split_keeps_empty_pieces)
{
	AUTO_STRV struct strv s = {0};

	strv_split(&s, ":a::b:", ':');
	need(s.len == 5);
	ok_str(s.v[0], "");
	ok_str(s.v[1], "a");
	ok_str(s.v[2], "");
	ok_str(s.v[3], "b");
	ok_str(s.v[4], "");
}

TEST(split_of_nothing_is_one_empty_piece)
{
	AUTO_STRV struct strv s = {0};

	strv_split(&s, "", ':');
	need(s.len == 1);
	ok_str(s.v[0], "");
}

/* It used to run over the end of the text. */
TEST(split_at_nul_is_the_whole_text)
{
	AUTO_STRV struct strv s = {0};

	strv_split(&s, "/a:b", '\0');
	need(s.len == 1);
	ok_str(s.v[0], "/a:b");
}

TEST(clear_leaves_an_empty_vector_that_can_be_used_again)
{
	AUTO_STRV struct strv s = {0};

	strv_push(&s, "a");
	strv_clear(&s);
	ok_int(s.len, 0);
	ok(s.v == NULL);
	strv_push(&s, "b");
	ok_str(s.v[0], "b");
}

TEST(starts_and_ends)
{
	ok(str_starts("abc", ""));
	ok(str_starts("abc", "ab"));
	ok(!str_starts("ab", "abc"));
	ok(str_ends("abc", ""));
	ok(str_ends("abc", "bc"));
	ok(!str_ends("bc", "abc"));
}

TEST(one_can_be_removed)
{
	AUTO_STRV struct strv s = {0};

	strv_split(&s, "a:b:c", ':');
	strv_remove(&s, 1);
	ok_int(s.len, 2);
	ok_str(s.v[1], "c");
	ok_str(s.v[2], NULL);
	strv_remove(&s, 1);
	ok_str(s.v[1], NULL);
}

TAP_MAIN()
