/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/environment.h"
#include "run/mask.h"
#include "tap.h"

static void put(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
}

/* text in pieces of every size, ended by a flush. */
static void check(struct secrets *s, const char *text, const char *want)
{
	size_t len = strlen(text);

	for (size_t size = 1; size <= len; size++) {
		AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
		struct mask m;

		mask_init(&m, s, put, &out);
		for (size_t at = 0; at < len; at += size)
			mask_feed(&m, text + at,
				  len - at < size ? len - at : size);
		mask_flush(&m);
		mask_clear(&m);
		if (!ok_str(out.data, want))
			printf("# in pieces of %zu\n", size);
	}
}

TEST(without_secrets_nothing_changes)
{
	struct secrets *s = secrets_new();

	check(s, "a\nb", "a\nb");
	secrets_free(s);
}

TEST(secrets_are_hidden_across_pieces)
{
	struct secrets *s = secrets_new();

	secrets_add(s, "sesame");
	check(s, "open sesame and sesamsesame, ses",
	      "open " MASK_TEXT " and sesam" MASK_TEXT ", ses");
	secrets_free(s);
}

TEST(the_longest_of_several_wins)
{
	struct secrets *s = secrets_new();

	secrets_add(s, "abc");
	secrets_add(s, "abcdef");
	secrets_add(s, "");
	check(s, "abc abcdef abcdeg",
	      MASK_TEXT " " MASK_TEXT " " MASK_TEXT "deg");
	secrets_free(s);
}

TEST(secrets_that_overlap_leave_nothing_of_either)
{
	struct secrets *s = secrets_new();

	secrets_add(s, "xaya");
	secrets_add(s, "yaz");
	secrets_add(s, "abab");
	check(s, "-xayaz-xayxaya", "-" MASK_TEXT "-xay" MASK_TEXT);
	check(s, "yazxayaz", MASK_TEXT MASK_TEXT);
	check(s, "-abababab-ababa", "-" MASK_TEXT "-" MASK_TEXT "a");
	secrets_free(s);
}

TEST(a_secret_of_one_line_is_hidden_without_its_newline)
{
	struct secrets *s = secrets_new();

	secrets_add(s, "\nab\r\n");
	check(s, "<ab>\n", "<" MASK_TEXT ">\n");
	secrets_free(s);
}

TEST(a_secret_of_lines_is_hidden_line_by_line)
{
	struct secrets *s = secrets_new();

	secrets_add(s, "first line\r\n}\nsecond line\n");
	check(s, "  first line\n}\n second lin second line",
	      "  " MASK_TEXT "\n}\n second lin " MASK_TEXT);
	secrets_free(s);
}

TEST(nothing_is_held_that_cannot_become_a_secret)
{
	struct secrets *s = secrets_new();
	AUTO_BUF struct buf out = BUF_INIT(BUF_LINE);
	struct mask m;

	secrets_add(s, "sesame");
	mask_init(&m, s, put, &out);
	mask_feed(&m, "Password: ", 10);
	ok_str(out.data, "Password: ");
	mask_feed(&m, "ses", 3);
	ok_str(out.data, "Password: ");
	mask_feed(&m, "t", 1);
	ok_str(out.data, "Password: sest");
	mask_clear(&m);
	secrets_free(s);
}

TEST(names_tell_what_is_secret)
{
	ok(environment_is_secret("DB_PASSWORD"));
	ok(environment_is_secret("AWS_SECRET_ACCESS_KEY"));
	ok(environment_is_secret("X_SECRET_KEY"));
	ok(!environment_is_secret("PASSWORD_FILE"));
	ok(!environment_is_secret("TOKENS"));
}

TEST(many_hits_in_a_long_text_are_quick)
{
	struct secrets *s = secrets_new();
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	AUTO_FREE char *masked = NULL;

	secrets_add(s, "xy");
	secrets_add(s, "never there");
	for (int i = 0; i < 200000; i++)
		buf_adds(&text, "xy ");
	masked = secrets_mask(s, text.data);
	ok_int(strlen(masked), 200000 * (strlen(MASK_TEXT) + 1));
	secrets_free(s);
}

TAP_MAIN()
