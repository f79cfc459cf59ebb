/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tty.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"

#define END_OF_FILE "\4"

int tty_open(struct tty *t, uint16_t rows, uint16_t cols)
{
	char name[64];

	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->master < 0 || grantpt(t->master) < 0 ||
	    unlockpt(t->master) < 0 ||
	    ptsname_r(t->master, name, sizeof(name)) != 0)
		return -1;
	t->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->slave < 0 || fd_set_nonblock(t->master, true) < 0)
		return -1;
	tty_resize(t, rows, cols);
	return 0;
}

void tty_resize(const struct tty *t, uint32_t rows, uint32_t cols)
{
	struct winsize w = {.ws_row = (unsigned short)rows,
			    .ws_col = (unsigned short)cols};

	if (t->master >= 0)
		ioctl(t->master, TIOCSWINSZ, &w);
}

void tty_from_command(struct tty *t)
{
	char chunk[4096];
	ssize_t n;

	while ((n = fd_read(t->master, chunk, sizeof(chunk))) > 0)
		if (t->out >= 0 && fd_write_all(t->out, chunk, (size_t)n) < 0)
			return;
}

void tty_from_host(struct tty *t)
{
	char chunk[4096];
	ssize_t n = fd_read(t->in, chunk, sizeof(chunk));
	int r;

	if (n > 0) {
		r = fd_write_all(t->master, chunk, (size_t)n);
	} else {
		r = fd_write_all(t->master, END_OF_FILE, 1);
		t->in = -1;
	}
	if (r < 0)
		t->in = -1;
}

void tty_close(struct tty *t)
{
	fd_close(&t->master);
	fd_close(&t->slave);
}
