/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "tap.h"

/* test_dir() and a name; one at a time is alive. */
static const char *at(const char *name)
{
	static char paths[4][512];
	static unsigned int n;
	char *path = paths[n++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", test_dir(), name);
	return path;
}

static void put(const char *name, const char *text)
{
	need(file_replace(at(name), text, strlen(text), 0644, NULL) == 0);
}

/* --- descriptors ------------------------------------------------------------ */

TEST(a_pipe_lies_above_the_standard_streams)
{
	int fds[2], saved = dup(0);

	need(close(0) == 0);
	need(fd_pipe(fds, NULL) == 0);
	dup2(saved, 0);
	close(saved);
	for (int i = 0; i < 2; i++) {
		ok(fds[i] > 2);
		ok_int(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
		fd_close(&fds[i]);
		ok_int(fds[i], -1);
		fd_close(&fds[i]);
	}
}

TEST(a_duplicate_lies_above_too)
{
	AUTO_CLOSE int fd = fd_dup(1, NULL);
	AUTO_ERROR struct error *err = NULL;

	ok(fd > 2);
	ok_int(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ok_int(fd_dup(-1, &err), -1);
	ok_str(err->msg, "cannot duplicate a descriptor: Bad file descriptor");
}

TEST(a_stolen_descriptor_stays_open)
{
	int kept;

	{
		AUTO_CLOSE int fd = fd_dup(1, NULL);

		kept = STEAL_FD(fd);
		ok_int(fd, -1);
	}
	ok(fcntl(kept, F_GETFD) >= 0);
	close(kept);
}

static void *drain(void *fd)
{
	AUTO_BUF struct buf b = BUF_INIT(4 << 20);
	intptr_t n = fd_read_all(*(int *)fd, &b) == 0 ? (intptr_t)b.len : -1;

	return (void *)n;
}

TEST(write_all_waits_for_a_full_pipe)
{
	static char data[1 << 20];
	pthread_t reader;
	void *got = NULL;
	int fds[2];

	need(fd_pipe(fds, NULL) == 0);
	ok_int(fd_set_nonblock(fds[1], true), 0);
	pthread_create(&reader, NULL, drain, &fds[0]);
	ok_int(fd_write_all(fds[1], data, sizeof(data)), 0);
	fd_close(&fds[1]);
	pthread_join(reader, &got);
	ok_int((intptr_t)got, sizeof(data));
	fd_close(&fds[0]);
}

TEST(nonblocking_is_switched_on_and_off)
{
	int fds[2];
	char c;

	need(fd_pipe(fds, NULL) == 0);
	fd_set_nonblock(fds[0], true);
	ok_int(fd_read(fds[0], &c, 1), -1);
	ok_int(errno, EAGAIN);
	fd_set_nonblock(fds[0], false);
	ok(!(fcntl(fds[0], F_GETFL) & O_NONBLOCK));
	ok_int(fd_set_nonblock(-1, true), -1);
	fd_close(&fds[0]);
	fd_close(&fds[1]);
}

TEST(read_all_stops_at_the_cap)
{
	AUTO_BUF struct buf exact = BUF_INIT(5);
	AUTO_BUF struct buf small = BUF_INIT(4);
	AUTO_ERROR struct error *err = NULL;

	put("f", "12345");
	ok_int(file_read(at("f"), &exact, NULL), 0);
	ok_str(exact.data, "12345");
	ok_int(file_read(at("f"), &small, &err), -1);
	ok_int(err->code, ERR_LIMIT);
	ok(strstr(err->msg, "larger than 4 bytes") != NULL);
}

TEST(wait_tells_ready_cancelled_and_timeout_apart)
{
	int data[2], stop[2];

	need(fd_pipe(data, NULL) == 0 && fd_pipe(stop, NULL) == 0);
	ok_int(fd_wait(data[0], POLLIN, stop[0], clock_after_ms(1)),
	       FD_TIMEOUT);
	ok_int(fd_wait(data[0], POLLIN, -1, 1), FD_TIMEOUT);
	ok_int(fd_wait(data[1], POLLOUT, stop[0], 0), FD_READY);
	ok_int(write(stop[1], "x", 1), 1);
	ok_int(fd_wait(data[1], POLLOUT, stop[0], 0), FD_CANCELLED);
	for (int i = 0; i < 2; i++) {
		fd_close(&data[i]);
		fd_close(&stop[i]);
	}
}

TEST(poll_timeouts_are_rounded_up)
{
	ok_int(fd_poll_timeout(0), -1);
	ok_int(fd_poll_timeout(1), 0);
	ok(fd_poll_timeout(clock_after_ms(1000)) > 0);
	ok(fd_poll_timeout(clock_after_ms(1000)) <= 1000);
	ok_int(fd_poll_timeout(clock_now() + NS_PER_S * 60 * 60 * 24 * 90),
	       INT32_MAX);
}

/* --- files ------------------------------------------------------------------ */

TEST(a_file_that_is_not_there_is_not_found)
{
	AUTO_BUF struct buf b = BUF_INIT(10);
	AUTO_ERROR struct error *err = NULL;

	ok_int(file_read(at("none"), &b, &err), -1);
	ok_int(err->code, ERR_NOTFOUND);
	ok(strstr(err->msg, "/none: no such file") != NULL);
}

TEST(replace_puts_a_whole_file_in_place)
{
	AUTO_BUF struct buf b = BUF_INIT(100);
	struct stat st;

	put("f", "a long first version");
	need(file_replace(at("f"), "b", 1, 0600, NULL) == 0);
	ok_int(file_read(at("f"), &b, NULL), 0);
	ok_str(b.data, "b");
	ok_int(stat(at("f"), &st), 0);
	ok_int(st.st_mode & 07777, 0600);
}

TEST(a_failed_replace_leaves_nothing_behind)
{
	AUTO_ERROR struct error *err = NULL;

	need(dir_make(at("d"), 0755, NULL) == 0);
	ok_int(file_replace(at("d"), "x", 1, 0644, &err), -1);
	ok(strstr(err->msg, "cannot write") != NULL);
	ok_int(rmdir(at("d")), 0);
	/* d.XXXXXX would keep the directory from being removed */
	ok_int(rmdir(test_dir()), 0);
	mkdir(test_dir(), 0700);
}

/* --- directories ------------------------------------------------------------ */

TEST(directories_are_made_with_their_parents)
{
	struct stat st;

	ok_int(dir_make(at("a/b//c/"), 0750, NULL), 0);
	ok_int(stat(at("a/b/c"), &st), 0);
	ok(S_ISDIR(st.st_mode));
	ok_int(chmod(at("a"), 0711), 0);
	ok_int(dir_make(at("a/b"), 0700, NULL), 0);
	ok_int(stat(at("a"), &st), 0);
	ok_int(st.st_mode & 07777, 0711);
	ok_int(dir_make("/", 0700, NULL), 0);
}

TEST(a_file_in_the_way_is_named)
{
	AUTO_ERROR struct error *err = NULL;

	put("f", "");
	ok_int(dir_make(at("f/sub"), 0700, &err), -1);
	ok(strstr(err->msg, "/f: Not a directory") != NULL);
}

TEST(no_name_is_no_directory)
{
	AUTO_ERROR struct error *err = NULL;

	ok_int(dir_make("", 0700, &err), -1);
	ok(err && strstr(err->msg, "No such file") != NULL);
}

TEST(a_tree_is_removed_links_are_not_followed)
{
	need(dir_make(at("tree/sub/deep"), 0755, NULL) == 0);
	need(dir_make(at("kept"), 0755, NULL) == 0);
	put("tree/sub/f", "x");
	put("kept/f", "x");
	need(symlink(at("kept"), at("tree/sub/link")) == 0);
	ok_int(chmod(at("tree/sub"), 0), 0);
	ok_int(dir_remove(at("tree")), 0);
	ok_int(access(at("tree"), F_OK), -1);
	ok_int(access(at("kept/f"), F_OK), 0);
}

TEST(a_link_a_file_and_nothing_are_removed)
{
	need(dir_make(at("kept"), 0755, NULL) == 0);
	need(symlink("kept", at("link")) == 0);
	put("f", "x");
	ok_int(dir_remove(at("link")), 0);
	ok_int(dir_remove(at("f")), 0);
	ok_int(dir_remove(at("nothing")), 0);
	ok_int(access(at("kept"), F_OK), 0);
}

/* A link that cannot be removed is not a reason to change what it points to. */
TEST(a_link_that_stays_changes_nothing_behind_it)
{
	struct stat st;
	pid_t pid;
	int status = 0;

	put("secret", "x");
	need(chmod(at("secret"), 0644) == 0);
	need(dir_make(at("fixed"), 0755, NULL) == 0);
	need(symlink(at("secret"), at("fixed/link")) == 0);
	need(chown(at("secret"), 65534, (gid_t)-1) == 0 || geteuid() != 0);
	need(chmod(test_dir(), 0755) == 0 && chmod(at("fixed"), 0555) == 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		/* root may do everything: be somebody else */
		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(2);
		_exit(dir_remove(at("fixed/link")) < 0 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	ok_int(WEXITSTATUS(status), 0);
	ok_int(stat(at("secret"), &st), 0);
	ok_int(st.st_mode & 07777, 0644);
	chmod(at("fixed"), 0755);
}

TAP_MAIN()
