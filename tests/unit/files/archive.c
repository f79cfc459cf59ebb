/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fd.h"
#include "files/archive.h"
#include "tap.h"

/* Runs a shell command in the test's directory. */
static void sh(const char *command)
{
	const char *dir = test_dir(); /* made before the fork */
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(dir) == 0)
			execl("/bin/sh", "sh", "-ec", command, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	need(status == 0);
}

/* The whole stream, read in pieces of `size`. */
static void slurp(struct archive_source *a, struct buf *out, size_t size)
{
	AUTO_FREE char *piece = xmalloc(size);
	int64_t n;

	while ((n = archive_source_read(a, piece, size)) > 0)
		need(buf_add(out, piece, (size_t)n) == 0);
	ok_int(n, 0);
	ok(!archive_source_error(a));
}

/* One line per entry: name, mode, size or target. */
static void list(const struct buf *tar, struct buf *out)
{
	struct archive *r = archive_read_new();
	struct archive_entry *e;

	archive_read_support_format_tar(r);
	need(archive_read_open_memory(r, tar->data, tar->len) == ARCHIVE_OK);
	while (archive_read_next_header(r, &e) == ARCHIVE_OK)
		buf_addf(out, "%s %o %lld %s\n", archive_entry_pathname(e),
			 (unsigned int)archive_entry_mode(e),
			 (long long)archive_entry_size(e),
			 archive_entry_symlink(e) ? archive_entry_symlink(e)
						  : "");
	archive_read_free(r);
}

static void make(const char *commands, bool open_to_all, size_t size,
		 struct buf *listing)
{
	struct archive_source *a = archive_source_new();
	AUTO_PROJECT struct project p = {0};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	sh(commands);
	need(project_scan(test_dir(), false, &p, &err) == 0);
	archive_source_file(a, "s/x", "hello", 5, 0755);
	archive_source_tree(a, "w", &p, open_to_all);
	slurp(a, &tar, size);
	archive_source_free(a);
	list(&tar, listing);
}

TEST(trees_become_tar)
{
	AUTO_BUF struct buf got = BUF_INIT(BUF_LINE);

	make("umask 022; mkdir d; printf abc >d/f; chmod 750 d/f;"
	     "ln -s d/f l; mkfifo p",
	     false, 7, &got);
	ok(strstr(got.data, "s/x 100755 5 \n"));
	ok(strstr(got.data, "w/ 40755 0 \n"));
	ok(strstr(got.data, "w/d/ 40755 0 \n"));
	ok(strstr(got.data, "w/d/f 100750 3 \n"));
	ok(strstr(got.data, "w/l 120777 0 d/f\n"));
	ok(!strstr(got.data, "w/p"));
}

TEST(modes_can_be_opened_to_all)
{
	AUTO_BUF struct buf got = BUF_INIT(BUF_LINE);

	make("umask 077; mkdir d; echo >d/f; echo >d/x; chmod 700 d/x", true,
	     65536, &got);
	ok(strstr(got.data, "w/d/ 40777 0 \n"));
	ok(strstr(got.data, "w/d/f 100666 1 \n"));
	ok(strstr(got.data, "w/d/x 100777 1 \n"));
}

TEST(names_are_bytes)
{
	AUTO_BUF struct buf got = BUF_INIT(BUF_FILE);

	make("n=$(printf '%0120d' 7); mkdir $n; echo >$n/$n;"
	     "echo >\"$(printf 'gr\\303\\274n')\"; echo >\"$(printf '\\377')\"",
	     false, 4096, &got);
	ok(strstr(got.data, "w/gr\303\274n 100644 1") != NULL);
	ok(strstr(got.data, "w/\377 100644 1") != NULL);
	ok(strstr(got.data, "7/000") != NULL);
}

static const struct stat *stat_of(const char *name, struct stat *st)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), name);

	need(lstat(path, st) == 0);
	return st;
}

static void same_time(const char *a, const char *b)
{
	struct stat one, two;

	ok_int(stat_of(a, &one)->st_mtim.tv_sec,
	       stat_of(b, &two)->st_mtim.tv_sec);
	ok_int(one.st_mtim.tv_nsec, two.st_mtim.tv_nsec);
	ok(one.st_mtim.tv_nsec != 0);
}

TEST(contents_and_times_arrive)
{
	struct archive_source *a = archive_source_new();
	AUTO_PROJECT struct project p = {0};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int fd = -1;

	sh("mkdir in out; head -c 3000000 /dev/urandom >in/big; : >in/empty;"
	   "touch -d '2001-02-03 04:05:06.789012345 UTC' in/big;"
	   "ln -s big in/link; touch -h -d '@1000000000.5' in/link");
	path = xasprintf("%s/in", test_dir());
	need(project_scan(path, false, &p, NULL) == 0);
	archive_source_tree(a, "tree", &p, false);
	slurp(a, &tar, 100000);
	archive_source_free(a);
	free(path);
	path = xasprintf("%s/out.tar", test_dir());
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	need(fd >= 0 && fd_write_all(fd, tar.data, tar.len) == 0);
	sh("tar xf out.tar -C out; cmp in/big out/tree/big; test -f "
	   "out/tree/empty");
	same_time("in/big", "out/tree/big");
	same_time("in/link", "out/tree/link");
}

TEST(a_file_that_shrinks_does_not_spoil_the_rest)
{
	struct archive_source *a = archive_source_new();
	AUTO_PROJECT struct project p = {0};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf got = BUF_INIT(BUF_LINE);
	char piece[512];
	int64_t n;

	sh("head -c 2000000 /dev/zero >a; touch -d @1000000000.5 a");
	need(project_scan(test_dir(), false, &p, NULL) == 0);
	archive_source_tree(a, "w", &p, false);
	archive_source_file(a, "after", "x", 1, 0644);
	n = archive_source_read(a, piece, sizeof(piece)); /* w/ */
	buf_add(&tar, piece, (size_t)n);
	/* the headers of a: its attributes, and the member itself */
	for (int i = 0; i < 3; i++) {
		n = archive_source_read(a, piece, sizeof(piece));
		buf_add(&tar, piece, (size_t)n);
	}
	sh("head -c 1000 /dev/zero >a");
	slurp(a, &tar, 65536);
	archive_source_free(a);
	list(&tar, &got);
	ok(strstr(got.data, "w/a 100644 2000000") != NULL);
	ok(strstr(got.data, "after 100644 1") != NULL);
}

TEST(a_file_that_goes_away_is_left_out)
{
	struct archive_source *a = archive_source_new();
	AUTO_PROJECT struct project p = {0};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf got = BUF_INIT(BUF_LINE);

	sh("echo >a; echo >b");
	need(project_scan(test_dir(), false, &p, NULL) == 0);
	sh("rm a");
	archive_source_tree(a, "w", &p, false);
	slurp(a, &tar, 512);
	archive_source_free(a);
	list(&tar, &got);
	ok(!strstr(got.data, "w/a"));
	ok(strstr(got.data, "w/b") != NULL);
}

TAP_MAIN()
