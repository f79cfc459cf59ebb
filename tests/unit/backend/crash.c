/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/crash.h"

#include <signal.h>

#include "backend/backend.h"
#include "backend/guard.h"
#include "base/buf.h"
#include "base/fd.h"
#include "tap.h"

static void restore(void)
{
	if (write(STDERR_FILENO, "[restored]", 10) < 0)
		_exit(99);
}

/* Runs body in a child with its stderr in `text`; the exit status. */
static int crash(void (*body)(void), char *text, size_t size)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	int fds[2], status;
	pid_t pid;

	need(fd_pipe(fds, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		backend_catch_crashes(restore);
		body();
		_exit(0);
	}
	close(fds[1]);
	ok_int(fd_read_all(fds[0], &b), 0);
	close(fds[0]);
	snprintf(text, size, "%s", b.data);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void in_plugin(void)
{
	crash_enter("docker", "image_pull");
	raise(SIGSEGV);
}

TEST(a_plugin_s_crash_names_plugin_and_operation)
{
	char text[512];

	ok_int(crash(in_plugin, text, sizeof(text)), 3);
	ok_str(text, "[restored]backend docker crashed in image_pull "
		     "(segmentation fault)\n"
		     "hint: `cirrus clean` removes what it may have left\n");
}

static void in_load(void)
{
	crash_enter("docker", "load");
	raise(SIGILL);
}

TEST(before_anything_is_open_nothing_can_be_left)
{
	char text[512];

	ok_int(crash(in_load, text, sizeof(text)), 3);
	ok_str(text, "[restored]backend docker crashed in load (illegal "
		     "instruction)\n"
		     "hint: choose another with --container-backend=NAME\n");
}

static volatile bool for_ever = true;

static int deeper(volatile char *above)
{
	volatile char here[4096];

	here[0] = above ? above[0] : 0;
	return for_ever ? deeper(here) + here[0] : 0;
}

static void without_end(void)
{
	crash_enter("docker", "list");
	(void)deeper(NULL);
}

TEST(a_plugin_out_of_stack_is_named_too)
{
	char text[512];

	ok_int(crash(without_end, text, sizeof(text)), 3);
	ok(strstr(text, "docker crashed in list (segmentation fault)"));
}

static void after_plugin(void)
{
	crash_enter("docker", "image_pull");
	crash_leave();
	abort();
}

TEST(a_crash_of_ours_is_ours)
{
	char text[512];

	ok_int(crash(after_plugin, text, sizeof(text)), 4);
	ok_str(text, "[restored]cirrus crashed (aborted)\n"
		     "hint: this is a defect; please report it\n");
}

static int64_t crashing_read(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	(void)buf;
	(void)len;
	raise(SIGBUS);
	return 0;
}

static void in_callback(void)
{
	const struct cirrus_reader inner = {NULL, crashing_read};
	struct guarded_reader guard;
	char c;

	guard_reader(&guard, &inner);
	crash_enter("docker", "instance_copy_in");
	guard.pub.read(guard.pub.ctx, &c, 1);
}

TEST(a_crash_in_what_the_plugin_calls_back_is_ours)
{
	char text[512];

	ok_int(crash(in_callback, text, sizeof(text)), 4);
}

static int64_t reading(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memset(buf, 'x', len);
	return (int64_t)len;
}

static void after_callback(void)
{
	const struct cirrus_reader inner = {NULL, reading};
	struct guarded_reader guard;
	char c;

	guard_reader(&guard, &inner);
	crash_enter("docker", "instance_copy_in");
	guard.pub.read(guard.pub.ctx, &c, 1);
	raise(SIGFPE);
}

TEST(and_after_the_callback_the_plugin_s_again)
{
	char text[512];

	ok_int(crash(after_callback, text, sizeof(text)), 3);
	ok(strstr(text, "docker crashed in instance_copy_in (arithmetic"));
}

TAP_MAIN()
