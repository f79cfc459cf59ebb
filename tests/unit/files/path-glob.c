/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/path-glob.h"
#include "tap.h"

static bool matches(const char *glob, const char *path)
{
	AUTO_STRV struct strv all = {0};

	ok(path_glob_expand(glob, &all));
	for (size_t i = 0; i < all.len; i++)
		if (path_glob_match(all.v[i], path))
			return true;
	return false;
}

TEST(stars_stay_within_a_name)
{
	ok(matches("a/*", "a/b"));
	ok(matches("*", ".hidden"));
	ok(matches("a*c/?", "abbc/x"));
	ok(!matches("a/*", "a/b/c"));
	ok(!matches("a?c", "a/c"));
	ok(!matches("a/*", "a"));
}

TEST(double_stars_span_names)
{
	ok(matches("**/node_modules", "node_modules"));
	ok(matches("**/node_modules", "a/b/node_modules"));
	ok(!matches("**/node_modules", "a/xnode_modules"));
	ok(matches("a/**/z", "a/z"));
	ok(matches("a/**/z", "a/b/c/z"));
	ok(!matches("a/**/z", "b/z"));
	ok(matches("a/**", "a"));
	ok(matches("a/**", "a/b/c"));
	ok(!matches("a/**", "ab"));
}

TEST(classes_and_escapes)
{
	ok(matches("[a-c]x", "bx"));
	ok(!matches("[a-c]x", "dx"));
	ok(matches("[!a-c]x", "dx"));
	ok(matches("[^a]", "b"));
	ok(matches("[]]", "]"));
	ok(matches("[a-]", "-"));
	ok(!matches("[!a]", "/"));
	ok(matches("\\*", "*"));
	ok(!matches("\\*", "a"));
	ok(matches("[", "["));
}

TEST(braces_are_alternatives)
{
	ok(matches("{a,b}/c", "b/c"));
	ok(!matches("{a,b}/c", "c/c"));
	ok(matches("x{,y}", "x"));
	ok(matches("{a,b{1,2}}", "b2"));
	ok(!matches("{a,b{1,2}}", "b3"));
	ok(matches("\\{a", "{a"));
}

TEST(braces_without_bounds_are_refused)
{
	AUTO_STRV struct strv all = {0};

	ok(!path_glob_expand("{a,b", &all));
	ok(!path_glob_expand("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,"
			     "b}{a,b}{a,b}",
			     &all));
	ok(all.len < 5000);
}

TEST(the_prefix_is_where_to_look)
{
	int depth;

	ok_int(path_glob_prefix("a/b/*/c", &depth), 3);
	ok_int(depth, 2);
	ok_int(path_glob_prefix("*", &depth), 0);
	ok_int(depth, 1);
	ok_int(path_glob_prefix("a/x*/**", &depth), 1);
	ok_int(depth, -1);
}

TAP_MAIN()
