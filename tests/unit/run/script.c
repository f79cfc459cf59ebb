/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/script.h"
#include "tap.h"

TEST(command_lines_have_words)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"bash -x", "bash|-x|"},
		{"  a\t'b  c'd \"e \\\" f\\n\" \\ g ", "a|b  cd|e \" f\\n| g|"},
		{"'' \"\"", "||"},
		{"", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_STRV struct strv words = {0};
		AUTO_BUF struct buf got = BUF_INIT(BUF_LINE);

		ok(script_words(cases[i].text, &words, NULL) == 0);
		for (size_t n = 0; n < words.len; n++)
			buf_addf(&got, "%s|", words.v[n]);
		ok_str(got.data, cases[i].want);
	}
}

TEST(open_quotes_are_errors)
{
	static const char *const cases[] = {"'a", "a \"b\\\"", "a\\"};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_STRV struct strv words = {0};
		AUTO_ERROR struct error *err = NULL;

		ok(script_words(cases[i], &words, &err) < 0);
		ok(err && strstr(err->msg, cases[i]));
	}
}

TEST(quotes_protect_everything)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	script_quote(&b, "it's $x\n");
	ok_str(b.data, "'it'\\''s $x\n'");
}

TEST(the_echo_starts_after_the_prologue)
{
	static const char *const items[] = {"one", "two\nthree", NULL};
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	script_text(&b, "bash -x", items);
	ok(str_starts(b.data, "#!bash -x\nset -e\n"));
	ok(str_ends(b.data, "\nset -v\none\ntwo\nthree\n"));
}

TEST(a_shell_that_makes_no_sense_is_named)
{
	AUTO_ENVIRONMENT struct environment env = {0};
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	AUTO_ERROR struct error *err = NULL;

	environment_set(&env, "CIRRUS_SHELL", "bash 'x");
	ok(script_environment(&b, &env, &err) < 0);
	ok(err && str_starts(err->msg, "CIRRUS_SHELL: "));
}

TAP_MAIN()
