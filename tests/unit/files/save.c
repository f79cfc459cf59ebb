/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/save.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fd.h"
#include "members.h"
#include "tap.h"

static const struct member members[] = {
	{"w/", S_IFDIR | 0755, NULL, false},
	{"w/app", S_IFREG | 0751, "application", false},
	{"w/empty", S_IFREG | 0444, "", false},
	{"w/link", S_IFLNK | 0777, "/etc/passwd", false},
	{"w/other", S_IFREG | 0644, "nobody asked", false},
	{"w/same", S_IFREG | 0751, "w/app", true},
	{"w/unknown", S_IFREG | 0644, "w/other", true},
};

static int save(struct save_file *files, size_t n, struct error **err)
{
	AUTO_CLOSE int dir =
		open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_BUF struct buf tar = BUF_INIT(2 << 20);
	struct save s = {
		.dir = dir, .path = "DIR", .files = files, .n_files = n};

	make_tar(members, ARRAY_LEN(members), &tar);
	return save_files(&s, from_buf, &tar, err);
}

TEST(what_is_too_large_is_left_out)
{
	struct save_file files[] = {{"w/app", "app", false, false},
				    {"w/other", "other", false, false},
				    {"w/same", "same", false, false},
				    {"w/unknown", "unknown", false, false}};
	AUTO_CLOSE int dir =
		open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_BUF struct buf tar = BUF_INIT(2 << 20);
	AUTO_ERROR struct error *err = NULL;
	struct save s = {.dir = dir,
			 .path = "DIR",
			 .files = files,
			 .n_files = ARRAY_LEN(files),
			 .max = 11};

	make_tar(members, ARRAY_LEN(members), &tar);
	ok_int(save_files(&s, from_buf, &tar, &err), 0);
	ok(files[0].saved && files[2].saved);
	ok(files[1].too_large && !files[1].saved && !files[3].saved);
	ok_int(save_open(&s, "other"), -1);
	ok_int(errno, ENOENT);
}

TEST(what_was_saved_is_opened_and_no_link)
{
	AUTO_CLOSE int dir =
		open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct save s = {.dir = dir, .path = "DIR"};
	AUTO_BUF struct buf b = BUF_INIT(100);
	AUTO_CLOSE int fd = -1;

	need(mkdirat(dir, "a", 0700) == 0);
	need(symlinkat("/etc", dir, "etc") == 0);
	need(symlinkat("/etc/passwd", dir, "a/link") == 0);
	fd = openat(dir, "a/b", O_WRONLY | O_CREAT, 0600);
	need(write(fd, "text", 4) == 4);
	fd_close(&fd);
	fd = save_open(&s, "a/b");
	ok_int(fd_read_all(fd, &b), 0);
	ok_str(b.data, "text");
	ok_int(save_open(&s, "a/link"), -1);
	ok_int(save_open(&s, "etc/passwd"), -1);
}

static void ok_file(const char *name, const char *text, mode_t mode)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), name);
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	struct stat st;

	need(lstat(path, &st) == 0);
	ok(S_ISREG(st.st_mode));
	ok_int(st.st_mode & 07777, mode);
	ok_int(st.st_mtime, 1000);
	need(file_read(path, &b, NULL) == 0);
	ok_str(b.data, text);
}

static int count_entries(void)
{
	DIR *d = opendir(test_dir());
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

TEST(what_was_asked_for_is_there_with_modes_and_times)
{
	struct save_file files[] = {{"w/app", "out/deep/app", false},
				    {"w/empty", "empty", false}};
	AUTO_ERROR struct error *err = NULL;

	need(save(files, 2, &err) == 0);
	ok(files[0].saved && files[1].saved);
	ok_file("out/deep/app", "application", 0751);
	ok_file("empty", "", 0444);
	ok_int(count_entries(), 2);
}

TEST(one_file_under_several_names)
{
	struct save_file files[] = {{"w/app", "a", false},
				    {"w/app", "b", false},
				    {"w/same", "c", false}};
	AUTO_ERROR struct error *err = NULL;

	need(save(files, 3, &err) == 0);
	ok_file("a", "application", 0751);
	ok_file("b", "application", 0751);
	ok_file("c", "application", 0751);
}

TEST(links_are_not_files)
{
	struct save_file files[] = {{"w/link", "link", false},
				    {"w/unknown", "unknown", false}};
	AUTO_ERROR struct error *err = NULL;

	need(save(files, 2, &err) == 0);
	ok(!files[0].saved);
	ok(!files[1].saved); /* its contents came under a name not wanted */
	ok_int(count_entries(), 0);
}

static void try_through(const char *name)
{
	AUTO_FREE char *dir = xasprintf("%s/victim", test_dir());
	AUTO_FREE char *link = xasprintf("%s/link", test_dir());
	struct save_file files[] = {{"w/app", name, false}};
	AUTO_ERROR struct error *err = NULL;

	need(mkdir(dir, 0755) == 0 && symlink("victim", link) == 0);
	ok_int(save(files, 1, &err), -1);
	ok(err && strstr(err->msg, "cannot write DIR/link/app"));
}

TEST(a_link_in_the_way_is_no_way)
{
	AUTO_FREE char *through = xasprintf("%s/victim/app", test_dir());

	try_through("link/app");
	ok(access(through, F_OK) < 0);
}

TEST(a_link_in_place_of_the_file_is_replaced)
{
	AUTO_FREE char *link = xasprintf("%s/app", test_dir());
	AUTO_FREE char *victim = xasprintf("%s/victim", test_dir());
	struct save_file files[] = {{"w/app", "app", false}};
	AUTO_ERROR struct error *err = NULL;

	need(symlink(victim, link) == 0);
	need(save(files, 1, &err) == 0);
	ok_file("app", "application", 0751);
	ok(access(victim, F_OK) < 0);
}

static ssize_t broken(void *ctx, void *data, size_t len)
{
	ssize_t n = from_buf(ctx, data, len < 1200 ? len : 1200);

	return n > 0 ? n : -1;
}

TEST(a_stream_that_breaks_off_leaves_no_half_file)
{
	static const struct member big[] = {
		{"w/app", S_IFREG | 0644, "0123456789", false},
		{"w/more", S_IFREG | 0644, "0123456789", false}};
	AUTO_CLOSE int dir =
		open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_BUF struct buf tar = BUF_INIT(2 << 20);
	struct save_file files[] = {{"w/app", "app", false},
				    {"w/more", "more", false}};
	struct save s = {
		.dir = dir, .path = "DIR", .files = files, .n_files = 2};
	AUTO_ERROR struct error *err = NULL;

	make_tar(big, 2, &tar);
	buf_truncate(&tar, 512 + 512 + 512 + 4); /* in the midst of the 2nd */
	ok_int(save_files(&s, broken, &tar, &err), -1);
	ok(err != NULL);
	ok(files[0].saved && !files[1].saved);
	ok_int(count_entries(), 1);
}

TAP_MAIN()
