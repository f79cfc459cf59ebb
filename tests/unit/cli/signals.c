/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "tap.h"

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

/* Bits: what went wrong; in a child, since handlers stay. */
static int probe(int sig, int status)
{
	struct signals s;
	int wrong = 0;

	/* what a shell starts in the background ignores it */
	signal(SIGINT, SIG_DFL);
	if (signals_install(&s, NULL) < 0)
		return 1;
	wrong |= readable(s.cancel_fd) || signals_exit_status() != 0 ? 2 : 0;
	raise(sig);
	wrong |= !readable(s.cancel_fd) || readable(s.abandon_fd) ? 4 : 0;
	wrong |= signals_exit_status() != status ? 8 : 0;
	raise(SIGINT);
	wrong |= !readable(s.abandon_fd) ? 16 : 0;
	wrong |= signals_exit_status() != status ? 32 : 0;
	return wrong;
}

static int in_child(int sig, int status)
{
	pid_t pid = fork();
	int ended;

	if (pid == 0)
		_exit(probe(sig, status));
	waitpid(pid, &ended, 0);
	return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

TEST(tells_the_first_from_the_second)
{
	ok_int(in_child(SIGINT, 130), 0);
	ok_int(in_child(SIGTERM, 143), 0);
	ok_int(in_child(SIGHUP, 143), 0);
}

TEST(ends_at_the_third)
{
	pid_t pid = fork();
	int ended;

	if (pid == 0) {
		struct signals s;

		if (signals_install(&s, NULL) < 0)
			_exit(1);
		for (int i = 0; i < 3; i++)
			raise(SIGTERM);
		_exit(0);
	}
	waitpid(pid, &ended, 0);
	ok(WIFEXITED(ended) && WEXITSTATUS(ended) == 143);
}

TEST(leaves_ignored_signals_ignored)
{
	pid_t pid = fork();
	int ended;

	if (pid == 0) {
		struct signals s;

		signal(SIGHUP, SIG_IGN);
		if (signals_install(&s, NULL) < 0)
			_exit(1);
		raise(SIGHUP);
		_exit(signals_exit_status());
	}
	waitpid(pid, &ended, 0);
	ok(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

TAP_MAIN()
