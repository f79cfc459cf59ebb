/* SPDX-License-Identifier: MIT */
/* A terminal between a command and the host's descriptors. */
#ifndef CIRRUS_TESTS_DUMMY_TTY_H
#define CIRRUS_TESTS_DUMMY_TTY_H

#include <stdint.h>

struct tty {
	int master;  /* -1: there is none */
	int slave;   /* the command's end, to be closed once it has it */
	int in, out; /* the host's, borrowed; -1: absent */
};

/* 0, or -1 with errno. */
int tty_open(struct tty *t, uint16_t rows, uint16_t cols);
void tty_resize(const struct tty *t, uint32_t rows, uint32_t cols);
/* What can be read goes on: from the command, from the host. */
void tty_from_command(struct tty *t);
void tty_from_host(struct tty *t);
void tty_close(struct tty *t);

#endif
