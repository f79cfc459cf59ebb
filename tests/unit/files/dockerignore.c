/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "files/dockerignore.h"
#include "tap.h"

static bool out(const char *text, const char *path)
{
	struct dockerignore d = {0};
	bool r;

	dockerignore_parse(&d, text, strlen(text));
	r = dockerignore_leaves_out(&d, path);
	dockerignore_clear(&d);
	return r;
}

TEST(patterns_are_for_paths_from_the_root)
{
	static const struct {
		const char *text, *path;
		bool want;
	} cases[] = {
		{"", "a", false},
		{"a", "a", true},
		{"a", "b/a", false},
		{"/a", "a", true},
		{"a/", "a/b/c", true},
		{"./a/../b", "b", true},
		{"*.log", "x.log", true},
		{"*.log", "d/x.log", false},
		{"*/*.log", "d/x.log", true},
		{"**/*.log", "x.log", true},
		{"**/*.log", "d/e/x.log", true},
		{"a?", "ab", true},
		{"a?", "a/", false},
		{"[a-c]x", "bx", true},
		{"[^a-c]x", "bx", false},
		{"a*b", "a/b", false},
		{"**", "any/thing", true},
		{"{a,b}", "a", false},
		{"..", "a", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (!ok(out(cases[i].text, cases[i].path) == cases[i].want))
			printf("# %s against %s\n", cases[i].text,
			       cases[i].path);
}

TEST(the_last_line_that_matches_counts)
{
	ok(!out("*\n!keep\n", "keep"));
	ok(!out("*\n!keep\n", "keep/below"));
	ok(out("*\n!keep\n", "other"));
	ok(out("!keep\n*\n", "keep"));
	ok(!out("docs\n!docs/*.md\n", "docs/a.md"));
	ok(out("docs\n!docs/*.md\n", "docs/a.txt"));
	ok(out("docs\n!docs/*.md\ndocs/b.md", "docs/b.md"));
}

TEST(comments_and_blanks_mean_nothing)
{
	ok(!out("# a\n\n   \n", "a"));
	ok(out("  a  \r\n", "a"));
	ok(out("\xef\xbb\xbf"
	       "a\n",
	       "a"));
	ok(!out("a\n! a\n", "a"));
	ok(out(" #a\n", "#a"));
}

TAP_MAIN()
