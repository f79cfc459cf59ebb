/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/location.h"

#include "base/fd.h"
#include "base/strv.h"

#include "tap.h"

/* A directory below the test's own, entered; the border is the test's. */
static void enter(const char *sub)
{
	AUTO_FREE char *git = xasprintf("%s/.git", test_dir());
	AUTO_FREE char *dir = xasprintf("%s/%s", test_dir(), sub);

	need(dir_make(git, 0700, NULL) == 0 && dir_make(dir, 0700, NULL) == 0);
	need(chdir(dir) == 0);
}

static void touch(const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), name);

	need(file_replace(path, "x", 1, 0600, NULL) == 0);
}

static struct location found;
static struct error *error;

static int find(const char *file)
{
	location_clear(&found);
	error_free_ptr(&error);
	error = NULL;
	return location_find(file, &found, &error);
}

TEST(prefers_yaml_to_yml)
{
	enter("p");
	touch("p/.cirrus.yml");
	need(find(NULL) == 0);
	ok_str(found.path, ".cirrus.yml");
	touch("p/.cirrus.yaml");
	need(find(NULL) == 0);
	ok_str(found.path, ".cirrus.yaml");
	ok(!found.star);
}

TEST(looks_above_up_to_the_repository)
{
	enter("a/b");
	touch(".cirrus.yml");
	need(find(NULL) == 0);
	ok_str(found.path, "../../.cirrus.yml");
	ok(str_ends(found.dir, strrchr(test_dir(), '/')));
}

TEST(does_not_leave_the_repository)
{
	enter("a/.git");
	enter("a/b");
	touch(".cirrus.yml");
	ok_int(find(NULL), -1);
	ok(strstr(error->msg, "no .cirrus.yml in ") == error->msg);
	ok(str_ends(error->msg, "/a"));
	ok(error->hint != NULL);
}

TEST(does_not_leave_home)
{
	AUTO_FREE char *home = NULL;
	char here[4096];

	enter("a/b");
	touch(".cirrus.yml");
	need(chdir("..") == 0 && getcwd(here, sizeof(here)));
	setenv("HOME", here, 1);
	need(chdir("b") == 0);
	ok_int(find(NULL), -1);
	unsetenv("HOME");
}

TEST(tells_of_starlark)
{
	enter("p");
	touch("p/.cirrus.star");
	need(find(NULL) == 0);
	ok(found.star);
	ok_str(found.path, NULL);
	touch("p/.cirrus.yml");
	need(find(NULL) == 0);
	ok(found.star);
	ok_str(found.path, ".cirrus.yml");
}

TEST(takes_the_file_that_is_named_and_the_directory_it_is_in)
{
	char here[4096];

	enter("p");
	touch("p/.cirrus.star");
	need(getcwd(here, sizeof(here)) != NULL);
	need(find("/else/where.yml") == 0);
	ok_str(found.path, "/else/where.yml");
	ok_str(found.dir, here);
	ok(!found.star);
}

TAP_MAIN()
