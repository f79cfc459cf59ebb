/* SPDX-License-Identifier: MIT */
/* The container is a process whose root is a directory of the test's; what is
 * outside of that directory stands for the host. */
#include "config.h"

#include "sdk/lib/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat-files.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/child.h"
#include "tap.h"

static void shell(const char *script)
{
	AUTO_FREE char *command =
		xasprintf("cd '%s' || exit; %s", test_dir(), script);
	const char *const argv[] = {"sh", "-c", command, NULL};
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(BUF_FILE);

	ok_int(child_run(argv, NULL, -1, clock_after_ms(60000), &r, NULL), 0);
	if (!ok(child_succeeded(r.status)))
		printf("# %s\n# %s%s\n", script, r.out.data, r.err.data);
}

static void end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

/* Lives in test_dir()/box. */
static pid_t start_box(void)
{
	AUTO_FREE char *root = xasprintf("%s/box", test_dir());
	int fds[2];
	char byte;
	pid_t pid;

	shell("mkdir -p box host && echo secret >host/secret");
	ok_int(fd_pipe(fds, NULL), 0);
	pid = fork();
	if (pid == 0) {
		alarm(TAP_TIMEOUT);
		if (chroot(root) < 0 || chdir("/") < 0)
			_exit(1);
		close(fds[1]);
		for (;;)
			pause();
	}
	close(fds[1]);
	/* Until it has closed its end, its root may be ours still. */
	ok(pid > 0 && fd_read(fds[0], &byte, 1) == 0);
	close(fds[0]);
	return pid;
}

static char *path_of(const char *name)
{
	return xasprintf("%s/%s", test_dir(), name);
}

static void redirect(const char *path, int flags, int as)
{
	int fd = open(path, flags, 0600);

	if (fd < 0 || dup2(fd, as) < 0)
		_exit(1);
}

static int wait_for(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The archive, without the byte before it, goes to out.tar. */
static int take_out(pid_t box, const char *dir, const char *paths, size_t len)
{
	AUTO_FREE char *asked = path_of("asked"), *tar = path_of("out.tar");
	AUTO_FREE char *pid = xasprintf("%d", (int)box);
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	char *argv[] = {pid, (char *)dir};
	int fds[2];
	pid_t helper;

	ok_int(file_replace(asked, paths, len, 0600, NULL), 0);
	ok_int(fd_pipe(fds, NULL), 0);
	helper = fork();
	if (helper == 0) {
		redirect(asked, O_RDONLY, 0);
		dup2(fds[1], 1);
		_exit(tree_out_helper(2, argv));
	}
	close(fds[1]);
	ok_int(fd_read_all(fds[0], &b), 0);
	close(fds[0]);
	ok(!b.len || b.data[0] == TREE_READY);
	ok_int(file_replace(tar, b.data + !!b.len, b.len - !!b.len, 0600, NULL),
	       0);
	return wait_for(helper);
}

static int put_in(pid_t box, const char *dir, const char *mkdir,
		  const char *owner, const char *archive)
{
	AUTO_FREE char *tar = path_of(archive), *said = path_of("said");
	AUTO_FREE char *pid = xasprintf("%d", (int)box);
	char *argv[] = {pid, (char *)dir, (char *)mkdir, (char *)owner};
	pid_t helper = fork();

	if (helper == 0) {
		redirect(tar, O_RDONLY, 0);
		redirect(said, O_WRONLY | O_CREAT | O_TRUNC, 1);
		redirect(said, O_WRONLY | O_APPEND, 2);
		_exit(tree_in_helper(4, argv));
	}
	return wait_for(helper);
}

static void need_root(void)
{
	AUTO_CLOSE int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int found = compat_open_in(root, "/", true);

	if (geteuid() != 0)
		skip("only root changes roots");
	if (found < 0 && errno == ENOSYS)
		skip("paths cannot be held within a root here");
}

#define LONG "a-name-that-is-long-enough-to-need-an-extension-of-the-format"
static const char make_tree[] =
	"mkdir -p box/t/d/" LONG "/" LONG " box/t/empty && cd box/t && "
	"printf hello >d/file && : >none && ln d/file hard && "
	"ln -s /etc/passwd absolute && ln -s d relative && ln -s no/where no && "
	"head -c 3000001 /dev/urandom >large && "
	"truncate -s 5000000 sparse && printf x >>sparse && "
	"head -c 65536 /dev/urandom >edge && "
	"printf y >d/" LONG "/" LONG "/f && ln -s " LONG LONG " longlink && "
	"printf z >\"$(printf 'odd\\377name')\" && "
	"chown 123:456 d/file && chmod 4750 none && chmod 1700 empty && "
	"touch -h -d '2001-02-03 04:05:06.789012345Z' absolute d/file && "
	"touch -d 1960-01-01T00:00:00Z edge && "
	"touch -d '2002-02-03 04:05:06.5Z' empty d .";

/* All that stat knows, apart from what a copy cannot keep. */
#define COMPARE                                                          \
	"list() { (cd $1 && find . ! -type p | LC_ALL=C sort | "         \
	"xargs -d '\\n' stat -c '%n %F %a %u %g %s %y') | "              \
	"sed '/directory/s/ 4096 / /'; }; "                              \
	"diff -r --no-dereference $a $b && list $a >a && list $b >b && " \
	"diff a b && test $b/hard -ef $b/d/file"

TEST(all_of_a_directory_comes_out_as_it_is)
{
	pid_t box;

	need_root();
	box = start_box();
	shell(make_tree);
	ok_int(take_out(box, "/t", "", 0), TREE_DONE);
	shell("mkdir got && tar --numeric-owner -pxf out.tar -C got && "
	      "a=box/t b=got; " COMPARE);
	end(box);
}

TEST(paths_come_out_under_their_names)
{
	pid_t box;

	need_root();
	box = start_box();
	shell("mkdir -p box/a/b/c && echo x >box/a/b/c/f && echo y >box/a/g && "
	      "ln -s b box/a/l");
	ok_int(take_out(box, "/a", "b/c\0l/c/f\0g", 12), TREE_DONE);
	shell("tar tf out.tar | tr '\\n' ' ' | grep -qx 'b/c/ b/c/f l/c/f g '");
	ok_int(take_out(box, "/a", "g\0missing", 10), TREE_OTHERWISE);
	ok_int(take_out(box, "/missing", "", 0), TREE_OTHERWISE);
	ok_int(take_out(box, "/a/g", "", 0), TREE_OTHERWISE);
	end(box);
}

TEST(no_link_leads_out_of_the_container)
{
	pid_t box;

	need_root();
	box = start_box();
	shell("ln -s \"$PWD/host\" box/absolute && ln -s ../host box/up && "
	      "ln -s ../../../../../../../../.. box/top && mkdir box/t && "
	      "ln -s \"$PWD/host\" box/t/dir && ln -s ../../host box/t/dir2 && "
	      "ln -s \"$PWD/host/secret\" box/t/file && mkfifo box/t/fifo");
	ok_int(take_out(box, "/absolute", "", 0), TREE_OTHERWISE);
	ok_int(take_out(box, "/up", "", 0), TREE_OTHERWISE);
	ok_int(take_out(box, "/", "up/secret", 10), TREE_OTHERWISE);
	ok_int(take_out(box, "/top", "t", 2), TREE_DONE);
	ok_int(take_out(box, "/t", "", 0), TREE_DONE);
	shell("! tar xOf out.tar | grep -q secret && "
	      "test \"$(tar tvf out.tar | grep -c '^l')\" = 3 && "
	      "! tar tf out.tar | grep fifo");
	end(box);
}

/* Somebody inside keeps changing what the names stand for. */
TEST(nothing_leads_out_while_it_is_changed)
{
	AUTO_FREE char *dir = path_of("box/t");
	AUTO_FREE char *host = path_of("host");
	pid_t box, swapper;

	need_root();
	box = start_box();
	shell("mkdir -p box/t/d new/d && echo inside >box/t/d/secret && "
	      "tar -C new -cf in.tar d && : >marker && touch host");
	swapper = fork();
	if (swapper == 0) {
		alarm(TAP_TIMEOUT);
		if (chdir(dir) < 0 || symlink(host, "link") < 0)
			_exit(1);
		for (;;)
			if (rename("d", "away") == 0) {
				(void)!symlink(host, "d");
				unlink("d");
				rename("away", "d");
			}
	}
	for (int i = 0; i < 200; i++) {
		static const char paths[] = "d";

		take_out(box, "/t", i % 2 ? paths : "", i % 2 ? 2 : 0);
		shell("! grep -qx secret out.tar");
	}
	shell("echo x >new/d/written && tar -C new -cf in.tar d d/written");
	for (int i = 0; i < 100; i++)
		put_in(box, "/t", "0", "", "in.tar");
	end(swapper);
	shell("test \"$(ls host)\" = secret");
	end(box);
}

TEST(what_goes_in_is_what_was_archived)
{
	pid_t box;

	need_root();
	box = start_box();
	shell(make_tree);
	ok_int(take_out(box, "/t", "", 0), TREE_DONE);
	ok_int(put_in(box, "/n", "0", "", "out.tar"), TREE_OTHERWISE);
	shell("test ! -e box/n");
	ok_int(put_in(box, "/n/m", "1", "", "out.tar"), TREE_DONE);
	shell("a=box/t b=box/n/m; " COMPARE);
	/* again, over all that is there, and in another format */
	shell("tar --format=pax -C box/t -cf pax.tar .");
	ok_int(put_in(box, "/n/m", "1", "", "pax.tar"), TREE_DONE);
	shell("a=box/t b=box/n/m; " COMPARE);
	ok_int(put_in(box, "/o", "1", "7:8", "pax.tar"), TREE_DONE);
	shell("test \"$(find box/o -printf '%U:%G\\n' | sort -u)\" = 7:8");
	end(box);
}

TEST(members_replace_what_is_in_their_way)
{
	pid_t box;

	need_root();
	box = start_box();
	shell("mkdir -p s/dir s/x && echo new >s/dir/f && echo new >s/file && "
	      "ln -s file s/link && tar -C s -cf in.tar dir file link x && "
	      "mkdir -p box/t/file/full box/t/link/full box/t/x && "
	      ": >box/t/x/kept && : >box/t/file/full/f && "
	      "ln -s \"$PWD/host\" box/t/dir");
	ok_int(put_in(box, "/t", "0", "", "in.tar"), TREE_DONE);
	shell("test -d box/t/dir && test ! -L box/t/dir && "
	      "grep -qx new box/t/dir/f box/t/file && test -L box/t/link && "
	      "test -e box/t/x/kept && test \"$(ls host)\" = secret");
	end(box);
}

TEST(no_member_gets_out)
{
	pid_t box;

	need_root();
	box = start_box();
	shell("mkdir -p s/out box/t && echo x >s/out/f && ln s/out/f s/hard && "
	      "ln -s \"$PWD/host\" box/t/out && "
	      "tar -C s -cf below.tar out/f && "
	      "tar -C s -P --transform 's,^out,../../host,' -cf dots.tar out/f "
	      "&& tar -C s -P --transform 's,^out,../../host,' -cf hard.tar "
	      "out/f hard && rm -r s/out && ln -s \"$PWD/host\" s/out && "
	      "tar -C s -cf link.tar out && mkdir s2 s2/out && : >s2/out/f && "
	      "tar -C s2 -rf link.tar out/f");
	put_in(box, "/t", "0", "", "below.tar");
	ok_int(put_in(box, "/t", "0", "", "dots.tar"), TREE_INVAL);
	ok_int(put_in(box, "/t", "0", "", "hard.tar"), TREE_INVAL);
	ok_int(put_in(box, "/t", "0", "", "link.tar"), TREE_INVAL);
	shell("test \"$(ls host)\" = secret && test \"$(cat host/secret)\" = "
	      "secret");
	end(box);
}

TEST(broken_archives_are_refused)
{
	pid_t box;

	need_root();
	box = start_box();
	shell("mkdir -p s box/t && head -c 100000 /dev/urandom >s/f && "
	      "tar -C s -cf whole.tar f && head -c 50000 whole.tar >half.tar "
	      "&& cp s/f noise.tar");
	ok_int(put_in(box, "/t", "0", "", "half.tar"), TREE_INVAL);
	ok_int(put_in(box, "/t", "0", "", "noise.tar"), TREE_INVAL);
	shell("grep -q 'breaks off\\|no tar' said");
	end(box);
}

TEST(a_process_that_is_gone_is_told_apart)
{
	pid_t box;

	need_root();
	box = start_box();
	end(box);
	ok_int(take_out(box, "/", "", 0), TREE_OTHERWISE);
	shell("tar -cf in.tar host");
	ok_int(put_in(box, "/", "0", "", "in.tar"), TREE_OTHERWISE);
}

TEST(what_the_kernel_shows_as_files_is_left_alone)
{
	pid_t box;

	need_root();
	box = fork();
	if (box == 0) {
		alarm(TAP_TIMEOUT);
		for (;;)
			pause();
	}
	ok_int(take_out(box, "/proc/sys/kernel", "", 0), TREE_DONE);
	shell("test \"$(tar tf out.tar)\" = ./ && tar -cf in.tar out.tar");
	ok_int(put_in(box, "/proc/sys/kernel", "0", "", "in.tar"),
	       TREE_OTHERWISE);
	end(box);
}

TAP_MAIN()
