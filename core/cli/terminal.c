/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "cirrus/backend.h"
#include "cli/signals.h"

/* One at a time. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* Of the shell that is open; the holder of the turn writes, handlers read. */
static struct termios before;
static volatile sig_atomic_t lent;
static volatile sig_atomic_t control_fd = -1;
static int control[2] = {-1, -1}, fds[2] = {-1, -1}, flags[2];
static struct sigaction old_winch;

int terminal_check(struct error **err)
{
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return 0;
	error_set(err, ERR_USAGE,
		  "--shell-on-failure needs a terminal to open shells on");
	return error_hint(err, "--keep leaves the environments of failed tasks "
			       "behind instead");
}

static void measure(struct winsize *size)
{
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, size) < 0 || size->ws_row == 0 ||
	    size->ws_col == 0)
		*size = (struct winsize){.ws_row = 24, .ws_col = 80};
}

/* A record is smaller than what a pipe takes whole. */
static void on_winch(int signal UNUSED)
{
	int saved = errno;
	struct winsize size = {0};
	struct cirrus_control c = {.type = CIRRUS_CONTROL_RESIZE};
	ssize_t n UNUSED;

	measure(&size);
	c.a = size.ws_row;
	c.b = size.ws_col;
	if (control_fd >= 0)
		n = write(control_fd, &c, sizeof(c));
	errno = saved;
}

void terminal_restore(void)
{
	if (lent)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

void terminal_take_back(struct reporter *r)
{
	if (!lent)
		return;
	terminal_restore();
	reporter_resume(r);
}

static void make_raw(void)
{
	struct termios raw = before;

	cfmakeraw(&raw);
	lent = 1;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

/* 0, 1 and 2 mean "absent" to plugins. */
static int open_fds(void)
{
	for (int i = 0; i < 2; i++) {
		fds[i] = fd_dup(i, NULL);
		if (fds[i] < 0)
			return -1;
		flags[i] = fcntl(fds[i], F_GETFL);
	}
	if (fd_pipe(control, NULL) < 0)
		return -1;
	return fd_set_nonblock(control[1], true);
}

/* Whoever had them may have made them non-blocking, for us too. */
static void close_fds(void)
{
	for (int i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			fcntl(fds[i], F_SETFL, flags[i]);
		fd_close(&fds[i]);
		fd_close(&control[i]);
	}
}

static void give_back(struct reporter *r)
{
	sigaction(SIGWINCH, &old_winch, NULL);
	control_fd = -1;
	terminal_restore();
	lent = 0;
	close_fds();
	reporter_resume(r);
	pthread_mutex_unlock(&turn);
}

static int begin(void *ctx, int64_t task, struct shell_terminal *out)
{
	struct sigaction winch = {.sa_handler = on_winch,
				  .sa_flags = SA_RESTART};
	struct winsize size = {0};

	pthread_mutex_lock(&turn);
	if (signals_exit_status() != 0 ||
	    tcgetattr(STDIN_FILENO, &before) < 0 || open_fds() < 0) {
		close_fds();
		pthread_mutex_unlock(&turn);
		return -1;
	}
	reporter_pause(ctx, task);
	make_raw();
	control_fd = control[1];
	sigaction(SIGWINCH, &winch, &old_winch);
	measure(&size);
	*out = (struct shell_terminal){.in = fds[0],
				       .out = fds[1],
				       .control = control[0],
				       .rows = size.ws_row,
				       .columns = size.ws_col};
	return 0;
}

static void end(void *ctx)
{
	give_back(ctx);
}

struct shell_host terminal_shell(struct reporter *r)
{
	return (struct shell_host){.ctx = r, .begin = begin, .end = end};
}
