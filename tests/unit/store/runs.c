/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <fcntl.h>

#include "base/fd.h"
#include "store/boots.h"
#include "store/runs.h"
#include "tap.h"

static struct run_logs *begin(const char *id)
{
	struct run_logs *l = NULL;
	AUTO_ERROR struct error *err = NULL;

	setenv("XDG_STATE_HOME", test_dir(), 1);
	need(run_logs_new(id, &l, &err) == 0);
	return l;
}

static bool is_there(const char *id)
{
	AUTO_FREE char *path = xasprintf("%s/cirrus/runs/%s", test_dir(), id);

	return access(path, F_OK) == 0;
}

TEST(run_ids_sort_by_time_and_fit_anywhere)
{
	char a[RUN_ID], b[RUN_ID];

	run_id_new(a);
	run_id_new(b);
	ok_int(strlen(a), 24);
	ok(strcmp(a, b) != 0);
	ok(memcmp(a, b, 13) <= 0);
	ok_int(strspn(a, "0123456789abcdef-"), 24);
}

TEST(each_step_has_a_log_of_its_own)
{
	struct run_logs *l = begin("r1");
	AUTO_FREE char *one = NULL, *two = NULL;
	AUTO_CLOSE int fd = -1;
	AUTO_CLOSE int other = -1;
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);

	ok(run_logs_open(l, 7, 0, "a/b c..", &fd, &one, NULL) == 0);
	ok(run_logs_open(l, 7, 1, "a/b c..", &other, &two, NULL) == 0);
	ok(str_ends(one, "/cirrus/runs/r1/7/00-a-b-c...log"));
	ok(str_ends(two, "/01-a-b-c...log"));
	ok(fd_write_all(fd, "x", 1) == 0);
	ok(file_read(one, &text, NULL) == 0);
	ok_str(text.data, "x");
	run_logs_free(l);
	ok(access(one, F_OK) == 0);
}

TEST(a_log_is_never_written_twice)
{
	struct run_logs *l = begin("r1");
	AUTO_FREE char *one = NULL, *two = NULL;
	AUTO_CLOSE int fd = -1;
	int none;
	AUTO_ERROR struct error *err = NULL;

	ok(run_logs_open(l, 7, 0, "a", &fd, &one, NULL) == 0);
	ok(run_logs_open(l, 7, 0, "a", &none, &two, &err) < 0);
	ok(err && strstr(err->msg, "00-a.log"));
	run_logs_free(l);
}

/* A run from its beginning to its end. */
static void pass(const char *id)
{
	struct run_logs *l = begin(id);

	run_logs_prune(l);
	run_logs_free(l);
}

TEST(old_runs_go_and_living_ones_stay)
{
	struct run_logs *living = begin("000-living"), *l;
	char id[RUN_ID];

	for (int i = 0; i < RUNS_KEPT + 5; i++) {
		snprintf(id, sizeof(id), "1%02d", i);
		pass(id);
	}
	l = begin("999-now");
	run_logs_prune(l);
	ok(is_there("000-living"));
	ok(!is_there("100"));
	ok(is_there("999-now"));
	ok(is_there("120"));
	run_logs_free(l);
	run_logs_free(living);
	pass("999-then");
	ok(!is_there("000-living"));
}

TEST(runs_are_listed_oldest_first)
{
	AUTO_STRV struct strv runs = {0};
	struct run_logs *living = begin("2-living");

	run_logs_free(begin("1-over"));
	ok(runs_list(&runs, NULL) == 0);
	ok_int(runs.len, 2);
	ok(str_ends(runs.v[0], "/runs/1-over"));
	ok(!run_is_live(runs.v[0]));
	ok_str(runs.v[1], run_logs_dir(living));
	ok(run_is_live(runs.v[1]));
	run_logs_free(living);
	ok(!run_is_live(runs.v[1]));
}

/* A file of that many bytes on the disk. */
static void fill(struct run_logs *l, int64_t bytes)
{
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int fd = -1;

	need(run_logs_open(l, 0, 0, "big", &fd, &path, NULL) == 0);
	if (posix_fallocate(fd, 0, bytes) != 0)
		skip("no room for large files here");
}

TEST(large_runs_go_earlier_and_the_last_one_stays)
{
	struct run_logs *l = begin("1-small");

	run_logs_free(l);
	run_logs_free(begin("2-small"));
	l = begin("3-large");
	fill(l, RUNS_BYTES + 1);
	run_logs_free(l);
	pass("4-now");
	ok(!is_there("1-small"));
	ok(!is_there("2-small"));
	ok(is_there("3-large"));
	pass("5-now");
	ok(!is_there("3-large"));
	ok(is_there("4-now"));
}

TEST(without_a_home_there_is_a_hint)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *home = xstrdup(getenv("HOME"));

	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	ok(!state_dir(&err));
	ok(err && err->hint);
	if (home)
		setenv("HOME", home, 1);
}

static size_t boots(const char *host, const char *current, struct strv *out)
{
	setenv("XDG_STATE_HOME", test_dir(), 1);
	strv_clear(out);
	boots_load(host, current, out);
	return out->len;
}

TEST(earlier_boots_are_remembered_per_machine)
{
	AUTO_STRV struct strv v = {0};

	ok_int(boots("here", "one", &v), 0);
	ok_int(boots("here", "one", &v), 0);
	ok_int(boots("here", "two", &v), 1);
	ok_str(v.v[0], "one");
	ok_int(boots("there", "three", &v), 0);
	ok_int(boots("here", "four", &v), 2);
	ok(!strv_contains(&v, "three"));
}

TAP_MAIN()
