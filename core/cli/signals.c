/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/terminal.h"
#include "model/exit.h"
#include "report/report.h"

/* Written by the handler alone, once it is installed, on any thread. */
static _Atomic int first, count;
static int pipes[2][2];

static int status_of(int signal)
{
	return signal == SIGINT ? EXIT_INTERRUPTED : EXIT_TERMINATED;
}

/* The pipe has room for a byte, and of a failure nobody could be told. */
static void make_readable(int write_end)
{
	ssize_t n UNUSED = write(write_end, "", 1);
}

static void handle(int signal)
{
	int saved = errno, none = 0, n;

	atomic_compare_exchange_strong(&first, &none, signal);
	n = count++;
	if (n < 2) {
		make_readable(pipes[n][1]);
	} else {
		terminal_restore();
		reporter_restore_terminal();
		_exit(status_of(first));
	}
	errno = saved;
}

int signals_install(struct signals *out, struct error **err)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = handle,
				   .sa_flags = SA_RESTART};

	if (fd_pipe(pipes[0], err) < 0 || fd_pipe(pipes[1], err) < 0)
		return -1;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaddset(&action.sa_mask, caught[i]);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++) {
		struct sigaction old;

		/* what was ignored when we came, as under nohup, stays so */
		if (sigaction(caught[i], NULL, &old) < 0)
			return error_errno(err, errno, "cannot catch signals");
		if (old.sa_handler != SIG_IGN &&
		    sigaction(caught[i], &action, NULL) < 0)
			return error_errno(err, errno, "cannot catch signals");
	}
	*out = (struct signals){pipes[0][0], pipes[1][0]};
	return 0;
}

int signals_exit_status(void)
{
	return first ? status_of(first) : 0;
}
