/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/report-paths.h"

#include "tap.h"

static const char *path(const char *reported)
{
	static char *p;

	free(p);
	p = report_path(reported, "/work", "/real/work");
	return p;
}

TEST(paths_are_relative_to_the_working_directory)
{
	ok_str(path("src/a.c"), "src/a.c");
	ok_str(path("./src//x/../a.c"), "src/a.c");
	ok_str(path("/work/src/a.c"), "src/a.c");
	ok_str(path("/real/work/src/a.c"), "src/a.c");
}

TEST(what_lies_elsewhere_stays_absolute)
{
	ok_str(path("/usr/include/x.h"), "/usr/include/x.h");
	ok_str(path("/workshop/a.c"), "/workshop/a.c");
	ok_str(path("../../../etc/passwd"), "/etc/passwd");
	ok_str(path("/work"), "/work");
	ok_str(path(""), "/work");
}

TEST(backslashes_are_slashes_where_there_are_no_others)
{
	ok_str(path("src\\a.cs"), "src/a.cs");
	ok_str(path("C:\\src\\a.cs"), "/src/a.cs");
	ok_str(path("src/a\\b.c"), "src/a\\b.c");
}

static const char *best(const char *reported, const char *files)
{
	static char text[100];
	AUTO_STRV struct strv v = {0};
	const char *found;

	strv_split(&v, files, ' ');
	found = report_path_best(reported, &v);
	snprintf(text, sizeof(text), "%s", found ? found : "(none)");
	return text;
}

TEST(the_file_that_agrees_most_is_meant)
{
	ok_str(best("T.kt", "a/b/T.kt"), "a/b/T.kt");
	ok_str(best("p/T.kt", "a/T.kt src/p/T.kt src/q/T.kt"), "src/p/T.kt");
	ok_str(best("/x/q/r/T.kt", "q/T.kt z/q/r/T.kt q/r/T.kt.bak"),
	       "z/q/r/T.kt");
	ok_str(best("p/T.kt", "xp/T.kt y/T.kt"), "xp/T.kt");
}

TEST(of_several_the_one_nearest_to_the_top_is)
{
	ok_str(best("T.kt", "b/c/T.kt b/T.kt a/T.kt"), "a/T.kt");
}

TEST(other_names_are_not)
{
	ok_str(best("T.kt", "a/AT.kt T.k T.kt/x"), "(none)");
	ok_str(best("T.kt", ""), "(none)");
}

TAP_MAIN()
