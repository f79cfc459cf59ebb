/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "store/artifacts.h"

#include <unistd.h>

#include "base/fd.h"
#include "base/strv.h"
#include "tap.h"

static void ok_part(const char *text, const char *want)
{
	AUTO_FREE char *got = artifacts_part(text);

	ok_str(got, want);
}

TEST(any_name_is_one_part_of_a_path)
{
	ok_part("binary", "binary");
	ok_part("a.b (c) d:e", "a.b (c) d:e");
	ok_part("a/b", "a%2Fb");
	ok_part("a%2Fb", "a%252Fb");
	ok_part("..", "%2E.");
	ok_part(".", "%2E");
	ok_part("...", "...");
	ok_part(".hidden", ".hidden");
	ok_part("", "%");
	ok_part("a\nb\x7f", "a%0Ab%7F");
	ok_part("\xc3\xa4", "\xc3\xa4");
}

TEST(long_names_stay_different)
{
	char a[1000], b[1000];
	AUTO_FREE char *x = NULL, *y = NULL;

	memset(a, 'x', sizeof(a) - 1);
	a[sizeof(a) - 1] = '\0';
	memcpy(b, a, sizeof(a));
	b[sizeof(b) - 2] = 'y';
	x = artifacts_part(a);
	y = artifacts_part(b);
	ok(strlen(x) <= 255 && strlen(y) <= 255);
	ok(strcmp(x, y) != 0);
}

static void ok_path(struct tasks *all, size_t i, const char *want)
{
	AUTO_FREE char *got = artifacts_path("D", all, all->v[i], "binary");

	ok_str(got, want);
}

TEST(tasks_that_share_a_name_do_not_share_a_directory)
{
	static const char *const none[] = {NULL};
	static const char *const go[] = {"go:1/2", "os:x", NULL};
	struct task tasks[] = {{.id = 0, .name = "unit", .labels = none},
			       {.id = 1, .name = "unit", .labels = go},
			       {.id = 2, .name = "Unit", .labels = none},
			       {.id = 3, .name = "unit", .labels = go}};
	struct task *v[] = {&tasks[0], &tasks[1], &tasks[2], &tasks[3]};
	struct tasks all = {.v = v, .len = 4};

	ok_path(&all, 0, "D/unit/binary");
	ok_path(&all, 1, "D/unit (go:1%2F2 os:x)/binary");
	ok_path(&all, 2, "D/Unit #2/binary");
	ok_path(&all, 3, "D/unit (go:1%2F2 os:x) #3/binary");
}

TEST(a_link_is_not_entered)
{
	static const char *const none[] = {NULL};
	struct task task = {.name = "t", .labels = none}, *v[] = {&task};
	struct tasks all = {.v = v, .len = 1};
	AUTO_FREE char *link = xasprintf("%s/t", test_dir());
	AUTO_ERROR struct error *err = NULL;
	AUTO_CLOSE int fd = -1;

	need(symlink("/", link) == 0);
	ok_int(artifacts_open(test_dir(), &all, &task, "n", &fd, &err), -1);
	ok(err && str_ends(err->msg, "Not a directory"));
	need(unlink(link) == 0);
	error_free_ptr(&err);
	ok_int(artifacts_open(test_dir(), &all, &task, "n", &fd, &err), 0);
}

TAP_MAIN()
