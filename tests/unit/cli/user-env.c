/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/user-env.h"

#include "base/fd.h"

#include "tap.h"

static struct error *error;

static int add(struct environment *env, const char *entry)
{
	error_free_ptr(&error);
	error = NULL;
	return user_env_add(env, entry, &error);
}

TEST(splits_at_the_first_equals_sign)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	ok_int(add(&env, "A=1=2"), 0);
	ok_int(add(&env, "EMPTY="), 0);
	ok_int(add(&env, "Q= \"x\" "), 0);
	ok_str(environment_get(&env, "A"), "1=2");
	ok_str(environment_get(&env, "EMPTY"), "");
	ok_str(environment_get(&env, "Q"), " \"x\" ");
}

TEST(passes_on_what_is_set_and_only_that)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	setenv("CIRRUS_TEST_SET", "yes", 1);
	unsetenv("CIRRUS_TEST_UNSET");
	ok_int(add(&env, "CIRRUS_TEST_UNSET"), 0);
	ok_int(add(&env, "CIRRUS_TEST_SET"), 0);
	ok_int(env.len, 1);
	ok_str(environment_get(&env, "CIRRUS_TEST_SET"), "yes");
}

TEST(refuses_what_names_nothing)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	ok_int(add(&env, "=x"), -1);
	ok_str(error->msg, "\"=x\" is not NAME=VALUE or NAME");
	ok_int(add(&env, ""), -1);
}

static int add_text(struct environment *env, const char *text)
{
	AUTO_FREE char *path = xasprintf("%s/env", test_dir());

	error_free_ptr(&error);
	error = NULL;
	need(file_replace(path, text, strlen(text), 0600, NULL) == 0);
	return user_env_add_file(env, path, &error);
}

TEST(reads_a_file_line_by_line)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	ok_int(add_text(&env, "A=1\r\n\n# B=2\nCIRRUS_NOT_SET\nC=a # b\nD=x"),
	       0);
	ok_int(env.len, 3);
	ok_str(environment_get(&env, "A"), "1");
	ok_str(environment_get(&env, "C"), "a # b");
	ok_str(environment_get(&env, "D"), "x");
}

TEST(names_the_line_that_is_wrong)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	ok_int(add_text(&env, "A=1\n=2\n"), -1);
	ok(strstr(error->msg, "/env:2: \"=2\" is not NAME=VALUE") != NULL);
	error_free_ptr(&error);
	error = NULL;
	ok_int(user_env_add_file(&env, "/no/such/file", &error), -1);
	ok(strstr(error->msg, "/no/such/file") != NULL);
}

TAP_MAIN()
