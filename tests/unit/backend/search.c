/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/search.h"

#include <sys/stat.h>

#include "base/fd.h"
#include "tap.h"

TEST(names_are_lower_case)
{
	static const struct {
		const char *name;
		bool valid;
	} names[] = {
		{"docker", true}, {"a", true},     {"my-vm2", true},
		{"", false},      {"-a", false},   {"2a", false},
		{"A", false},     {"a_b", false},  {"a/b", false},
		{"a.b", false},   {"\xc3", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!ok(search_name_valid(names[i].name) == names[i].valid))
			printf("# %s\n", names[i].name);
}

static char *plugin(void)
{
	char *path = xasprintf("%s/cirrus-x.so", test_dir());

	if (file_replace(path, "x", 1, 0644, NULL) < 0)
		exit(99);
	return path;
}

/* What is said with these modes of directory and file; NULL: nothing. */
static void check(mode_t dir, mode_t file, bool user_named, const char *want)
{
	AUTO_FREE char *path = plugin();
	const struct candidate c = {(char *)"x", path, user_named};
	AUTO_ERROR struct error *err = NULL;
	bool refused;

	need(chmod(test_dir(), dir) == 0 && chmod(path, file) == 0);
	refused = search_refuses(&c, &err);
	ok_int(refused, want != NULL);
	if (want && ok(err != NULL) && !ok(strstr(err->msg, want)))
		printf("# got: %s\n", err->msg);
	chmod(test_dir(), 0755);
}

TEST(refuses_what_others_can_write)
{
	check(0755, 0644, false, NULL);
	check(0755, 0644, true, NULL);
	check(0777, 0644, false, " is writable by everybody (mode 0777)");
	check(01777, 0644, true, " is writable by everybody (mode 1777)");
	check(0755, 0646, true,
	      "cirrus-x.so is writable by everybody (mode "
	      "0646)");
}

TEST(refuses_a_group_only_where_it_was_built_in)
{
	check(0775, 0644, false, " is writable by its group (mode 0775)");
	check(0775, 0644, true, NULL);
	check(0755, 0664, false,
	      "cirrus-x.so is writable by its group (mode "
	      "0664)");
	check(0755, 0664, true, NULL);
}

TEST(refuses_a_stranger_s)
{
	AUTO_FREE char *path = plugin();
	const struct candidate built_in = {(char *)"x", path, false};
	const struct candidate named = {(char *)"x", path, true};
	AUTO_ERROR struct error *err = NULL;

	if (geteuid() != 0)
		skip("needs root, to give a file away");
	need(chown(path, 4711, (gid_t)-1) == 0);
	ok(search_refuses(&named, &err));
	ok(err && strstr(err->msg, "cirrus-x.so belongs to user 4711"));
	/* Whose directory it is may put files there: the user pointed at it. */
	need(chown(test_dir(), 4711, (gid_t)-1) == 0);
	ok(!search_refuses(&named, NULL));
	ok(search_refuses(&built_in, NULL));
}

TEST(refuses_what_is_no_file)
{
	AUTO_FREE char *path = xasprintf("%s/cirrus-x.so", test_dir());
	const struct candidate c = {(char *)"x", path, true};
	AUTO_ERROR struct error *err = NULL;

	ok(search_refuses(&c, NULL));
	need(mkfifo(path, 0644) == 0);
	ok(search_refuses(&c, &err));
	ok(err && strstr(err->msg, "is not a regular file"));
}

TEST(takes_so_before_la_and_the_first_directory)
{
	AUTO_CANDIDATES struct candidates list = {0};
	AUTO_FREE char *second = xasprintf("%s/second", test_dir());
	AUTO_FREE char *variable = xasprintf("%s:%s", test_dir(), second);
	static const char *const files[] = {
		"cirrus-a.la",  "cirrus-b.la",        "cirrus-b.so",
		"libcirrus.so", "second/cirrus-b.so", "second/cirrus-c.so",
	};
	static const char *const want[] = {"/cirrus-a.la", "/cirrus-b.so",
					   "/second/cirrus-c.so"};

	need(mkdir(second, 0755) == 0);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), files[i]);

		need(file_replace(path, "x", 1, 0644, NULL) == 0);
	}
	setenv("CIRRUS_CLI_BACKEND_DIR", variable, 1);
	search_all(&list);
	unsetenv("CIRRUS_CLI_BACKEND_DIR");
	need(list.len == ARRAY_LEN(want));
	for (size_t i = 0; i < list.len; i++)
		ok_str(list.ptr[i].path + strlen(test_dir()), want[i]);
}

TEST(without_the_variable_the_built_in_directory_counts)
{
	AUTO_CANDIDATES struct candidates list = {0};
	AUTO_FREE char *where = NULL;

	unsetenv("CIRRUS_CLI_BACKEND_DIR");
	where = search_directories();
	ok_str(where, BACKENDDIR);
	search_all(&list);
	for (size_t i = 0; i < list.len; i++)
		ok(!list.ptr[i].user_named);
}

TAP_MAIN()
