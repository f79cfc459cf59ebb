/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/condition.h"

#include "config/glob.h"
#include "config/regex.h"

#include "tap.h"

static const char *const affected[] = {"src/a.c", "doc/x.md", "README", NULL};

/* "true", "false" or what is wrong. */
static const char *evaluate_with(const char *expression,
				 const char *const *files)
{
	static char result[8192];
	AUTO_ARENA struct arena a = {0};
	struct config_input in = {.path = "f", .affected_files = files};
	struct parser p = {.in = &in, .arena = &a};
	struct vars vars = {0};
	bool out;

	vars_set(&vars, &a, "A", "x");
	vars_set(&vars, &a, "T", "true");
	vars_set(&vars, &a, "REF", "$A");
	vars_set(&vars, &a, "LINES", "line1\nline2");
	vars_set(&vars, &a, "GLOB", "src/**");
	if (condition_evaluate(&p, &vars, expression, (struct position){1, 1},
			       &out) == 0)
		return out ? "true" : "false";
	snprintf(result, sizeof(result), "%s", p.failure.message);
	return result;
}

static void all(const char *want, const char *const *expressions)
{
	for (; *expressions; expressions++)
		if (!ok_str(evaluate_with(*expressions, affected), want))
			printf("#   of %s\n", *expressions);
}

static void all_wrong(const char *const *expressions)
{
	for (; *expressions; expressions++)
		if (!ok(strstr(evaluate_with(*expressions, affected),
			       "internal boolevator error: ") ==
			evaluate_with(*expressions, affected)))
			printf("#   of %s\n", *expressions);
}

#define LIST(...)                 \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

TEST(truths)
{
	all("true",
	    LIST("true", "$T", "${T}", "!!$T", "'1'", "'TRUE'", "$A == 'x'",
		 "$A!='y'", "$U == ''", "\"'x'\" == $A", "!true == false",
		 "'a' in 'abc' == true", "'MAIN' =~ 'main'", "true // note",
		 "true /* a */ && /* b */ true", "(true)", "$REF == 'x'",
		 "$ A == 'x'", "'xb' =~ 'a|b'", "$LINES =~ 'line1.*'",
		 "'a' == 'a' == true", "false || true && true", "'x' !=~ 'y'"));
}

TEST(lies)
{
	all("false", LIST("false", "'0'", "'F'", "!true", "'MAIN' == 'main'",
			  "$LINES =~ 'line1'", "true && false", "'$A' == 'x'",
			  "'abc' in 'a'", "'x' !=~ 'X'"));
}

TEST(errors)
{
	all_wrong(LIST("True", "TRUE", "t", "1", "0", "yes", "''", "$U", "!$U",
		       "", "$A = 'x'", "$A === 'x'", "$A ! = 'y'", "$A < 'y'",
		       "true & true", "true and true", "not true", "!$A == 'y'",
		       "false && 'x'", "true || $U", "$A.B == 'x'",
		       "${A:-b} == 'x'", "%A% == 'x'", "(true", "true)",
		       "'open", "`raw`", "changesInclude()", "nope('x')",
		       "changesInclude('[')", "changesInclude('a'",
		       "'a' =~ '('", "'a' =~ '(?=a)'"));
}

TEST(messages_name_the_reason)
{
	ok_str(evaluate_with("$U", NULL),
	       "internal boolevator error: strconv.ParseBool: parsing \"\": "
	       "invalid syntax");
	ok_str(evaluate_with("changesInclude()", NULL),
	       "internal boolevator error: can not evaluate changesInclude(): "
	       "no arguments provided");
	ok_str(evaluate_with("changesInclude", NULL),
	       "internal boolevator error: can not evaluate changesInclude: "
	       "no arguments provided");
	ok_str(evaluate_with("changesInclude(changesInclude())", NULL),
	       "internal boolevator error: can not evaluate "
	       "changesInclude(changesInclude()): argument should be a string");
	ok_str(evaluate_with("True", NULL),
	       "internal boolevator error: can not evaluate True: unknown "
	       "parameter True");
	ok_str(evaluate_with("nope('x')", NULL),
	       "internal boolevator error: can not evaluate nope('x'): could "
	       "not call function: unknown parameter nope");
	ok(strstr(evaluate_with("'x' && true", NULL),
		  "strconv.ParseBool: parsing \"x\": invalid syntax") != NULL);
}

TEST(nesting_has_a_limit)
{
	char text[1000];

	memset(text, '!', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ok(strstr(evaluate_with(text, NULL), "nested deeper than 200") != NULL);
	memset(text, '(', sizeof(text) - 1);
	ok(strstr(evaluate_with(text, NULL), "nested deeper than 200") != NULL);
}

TEST(changes)
{
	all("true",
	    LIST("changesInclude('src/*')", "changesInclude('nope', '**.md')",
		 "changesInclude($GLOB)", "changesInclude('$GLOB')",
		 "changesIncludeOnly('**')",
		 "changesIncludeOnly('src/**', 'doc/*', 'READ?*')"));
	all("false",
	    LIST("changesInclude('*.c')", "changesIncludeOnly('src/**')",
		 "changesInclude('**/README')"));
	ok_str(evaluate_with("changesIncludeOnly('**')", NULL), "false");
}

/* --- globs ---------------------------------------------------------------------- */

/* Whether a glob matches, or what is wrong with it. */
static const char *glob(const char *pattern, const char *path)
{
	static char result[256];
	AUTO_ARENA struct arena a = {0};
	const char *why = NULL, *regex = glob_regex(&a, pattern, &why);
	bool matches, broken;

	if (!regex) {
		snprintf(result, sizeof(result), "%s", why);
		return result;
	}
	why = regex_match(&a, regex, 0, path, &matches, &broken);
	if (why)
		return "broken";
	return matches ? "yes" : "no";
}

TEST(globs_match_whole_paths)
{
	ok_str(glob("*.go", "x.go"), "yes");
	ok_str(glob("*.go", "dir/x.go"), "no");
	ok_str(glob("**.go", "dir/x.go"), "yes");
	ok_str(glob("**.go", "x.go"), "yes");
	ok_str(glob("**/*.go", "x.go"), "no");
	ok_str(glob("**/*.go", "a/b/x.go"), "yes");
	ok_str(glob("?", "/"), "no");
	ok_str(glob("a.c", "abc"), "no");
	ok_str(glob("*", ".hidden"), "yes");
	ok_str(glob("a+(b)$^|", "a+(b)$^|"), "yes");
}

TEST(globs_have_groups_and_classes)
{
	ok_str(glob("{a,b*}.c", "bcd.c"), "yes");
	ok_str(glob("{a,b*}.c", "c.c"), "no");
	ok_str(glob("a,b}", "a,b}"), "yes");
	ok_str(glob("[a-c]x", "bx"), "yes");
	ok_str(glob("[!a-c]x", "bx"), "no");
	ok_str(glob("[!a]x", "/x"), "no");
	ok_str(glob("[^a]", "^"), "yes");
	ok_str(glob("[-a]", "-"), "yes");
	ok_str(glob("[!-a]", "-"), "no");
	ok_str(glob("[a-]", "-"), "yes");
	ok_str(glob("[^^]x", "^x"), "yes");
	ok_str(glob("[\\[]", "["), "yes");
	ok_str(glob("[\\[]", "\\"), "yes");
	ok_str(glob("[&&]", "&"), "yes");
	ok_str(glob("\\*", "*"), "yes");
	ok_str(glob("\\*", "x"), "no");
	ok_str(glob("\xc3\xa9*", "\xc3\xa9t\xc3\xa9"), "yes");
}

TEST(wrong_globs_say_why)
{
#define BAD "invalid pattern syntax: "
	ok_str(glob("a\\", "a"), BAD "no character to escape in a\\ at 1");
	ok_str(glob("[a/b]", "a"),
	       BAD "explicit 'name separator' in class in [a/b] at 2");
	ok_str(glob("[a-/]", "a"),
	       BAD "explicit 'name separator' in class in [a-/] at 3");
	ok_str(glob("[b-a]", "a"), BAD "invalid range in [b-a] at 1");
	ok_str(glob("[a-c-e]", "a"), BAD "invalid range in [a-c-e] at 4");
	ok_str(glob("[a-c-]", "a"), BAD "invalid range in [a-c-] at 4");
	ok_str(glob("[--a]", "a"), BAD "invalid range in [--a] at 2");
	ok_str(glob("[^-a]", "a"), BAD "invalid range in [^-a] at 2");
	ok_str(glob("[a", "a"), BAD "missing '] in [a at 1");
	ok_str(glob("{a", "a"), BAD "missing '} in {a at 1");
	ok_str(glob("{a,{b}}", "a"), BAD "cannot nest groups in {a,{b}} at 3");
}

/* --- regular expressions -------------------------------------------------------- */

static const char *regex(const char *pattern, const char *text)
{
	AUTO_ARENA struct arena a = {0};
	bool matches, broken;
	const char *why =
		regex_match(&a, pattern, REGEX_DOTALL, text, &matches, &broken);

	if (why)
		return broken ? "broken" : "gave up";
	return matches ? "yes" : "no";
}

TEST(regular_expressions_are_those_of_re2)
{
	ok_str(regex("^a.c$", "a\nc"), "yes");
	ok_str(regex("^\\d+$", "12"), "yes");
	ok_str(regex("^\\d+$", "\xd9\xa1"), "no");
	ok_str(regex("a(?:b|c)", "ac"), "yes");
	ok_str(regex("(?i)A", "a"), "yes");
	ok_str(regex("(?P<n>a)", "a"), "yes");
	ok_str(regex("[[:alpha:]]", "a"), "yes");
	ok_str(regex("a{2,3}", "aa"), "yes");
	ok_str(regex("\\Qa.b\\E", "a.b"), "yes");
	ok_str(regex("a+?", "a"), "yes");
}

TEST(what_re2_lacks_is_an_error)
{
	static const char *const bad[] = {
		"(?=a)", "(?!a)", "(?<=a)", "(?<!a)",  "(a)\\1", "(?>a)",
		"a++",   "(?R)",  "\\K",    "(*FAIL)", "(?#c)",  NULL};

	for (size_t i = 0; bad[i]; i++)
		if (!ok_str(regex(bad[i], "a"), "broken"))
			printf("#   of %s\n", bad[i]);
}

TEST(matching_that_takes_too_long_is_given_up)
{
	char text[200];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ok_str(regex("^(a+)+[bc]$", text), "gave up");
}

TAP_MAIN()
