/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/process.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "sdk/lib/child.h"
#include "tap.h"

/* Starts a shell that leads a session, prints a line when it is ready, and
 * waits; returns its pid and the pipe it writes to. */
static pid_t start(const char *script, int *out)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct child_spec spec = {
		.argv = argv, .in = -1, .err = -1, .session = true};
	int fds[2];
	char line[64];
	pid_t pid;

	ok_int(fd_pipe(fds, NULL), 0);
	spec.out = fds[1];
	pid = child_start(&spec, NULL);
	ok(pid > 0);
	close(fds[1]);
	ok(fd_read(fds[0], line, sizeof(line)) > 0);
	*out = fds[0];
	return pid;
}

/* The pipe ends when nobody is left to write to it. */
static bool is_over(int out)
{
	return fd_wait(out, POLLIN, -1, clock_after_ms(5000)) == FD_READY;
}

TEST(a_tree_has_descendants_and_is_killed_whole)
{
	struct pid_vec pids = {0};
	int status, out;
	pid_t pid = start("(sleep 100 & sleep 100) & sleep 100 & sleep 0.2; "
			  "echo ready; wait",
			  &out);

	process_tree(pid, &pids);
	ok(pids.len >= 4);
	ok_int(process_signal(&pids, SIGKILL, NULL), 0);
	ok(is_over(out));
	ok_int(child_wait(pid, -1, 0, &status, NULL), 0);
	pid_vec_clear(&pids);
	close(out);
}

TEST(what_a_session_leaves_is_found_when_its_leader_is_gone)
{
	struct pid_vec pids = {0};
	int status, out;
	pid_t pid = start("sleep 100 & echo ready", &out);

	ok_int(child_wait(pid, -1, 0, &status, NULL), 0);
	process_tree(pid, &pids);
	ok_int(pids.len, 1);
	ok_int(process_signal(&pids, SIGKILL, NULL), 0);
	ok(is_over(out));
	pid_vec_clear(&pids);
	close(out);
}

TEST(no_number_means_no_process)
{
	struct pid_vec pids = {0};

	process_tree(0, &pids);
	process_tree(1, &pids);
	process_tree(-1, &pids);
	ok_int(pids.len, 0);
	pid_vec_clear(&pids);
}

TEST(the_dead_are_no_failure)
{
	struct pid_vec pids = {0};
	int status, out;
	pid_t pid = start("echo ready", &out);

	ok_int(child_wait(pid, -1, 0, &status, NULL), 0);
	pid_vec_push(&pids, pid);
	ok_int(process_signal(&pids, SIGTERM, NULL), 0);
	pid_vec_clear(&pids);
	close(out);
}

TEST(nobody_here_is_in_a_container_of_ours)
{
	ok(!process_is_contained(getpid()));
	ok(!process_is_contained(0));
	ok(!process_is_contained(-5));
}

TAP_MAIN()
