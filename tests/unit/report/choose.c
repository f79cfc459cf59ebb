/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/choose.h"

#include "tap.h"

static const char *const *variables;

/* "NAME=VALUE" out of variables. */
static char *get(const char *name)
{
	size_t len = strlen(name);

	for (const char *const *v = variables; *v; v++)
		if (strncmp(*v, name, len) == 0 && (*v)[len] == '=')
			return (char *)(*v + len + 1);
	return NULL;
}

#define WITH(...) (variables = (const char *const[]){__VA_ARGS__, NULL})

TEST(asks_the_terminal_where_no_ci_is_known)
{
	WITH("TERM=xterm");
	ok_str(choose_format(true, get), "interactive");
	ok_str(choose_format(false, get), "simple");
	WITH("TERM=dumb");
	ok_str(choose_format(true, get), "simple");
}

TEST(knows_ci_systems)
{
	WITH("TRAVIS=true", "CI=true");
	ok_str(choose_format(true, get), "travis");
	WITH("GITHUB_ACTIONS=true", "CI=true");
	ok_str(choose_format(false, get), "github-actions");
	WITH("TEAMCITY_VERSION=");
	ok_str(choose_format(false, get), "teamcity");
	WITH("CI=true");
	ok_str(choose_format(true, get), "simple");
	WITH("CI=1", "TRAVIS=no");
	ok_str(choose_format(true, get), "interactive");
}

TEST(colours_terminals_and_ci)
{
	WITH("TERM=xterm");
	ok(choose_color(true, get));
	ok(!choose_color(false, get));
	WITH("CI=true");
	ok(choose_color(false, get));
}

TEST(respects_what_people_ask_for)
{
	WITH("NO_COLOR=1", "CI=true");
	ok(!choose_color(true, get));
	WITH("NO_COLOR=");
	ok(choose_color(true, get));
	WITH("TERM=dumb");
	ok(!choose_color(true, get));
	WITH("CLICOLOR_FORCE=1", "TERM=dumb");
	ok(choose_color(false, get));
	WITH("CLICOLOR_FORCE=0");
	ok(!choose_color(false, get));
	WITH("CLICOLOR_FORCE=1", "NO_COLOR=1");
	ok(!choose_color(true, get));
}

TAP_MAIN()
