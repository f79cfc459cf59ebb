/* SPDX-License-Identifier: MIT */
/* Ctrl-C and friends.  The first SIGINT, SIGTERM or SIGHUP makes cancel_fd
 * readable, the second abandon_fd, the third ends the program at once. */
#ifndef CIRRUS_CLI_SIGNALS_H
#define CIRRUS_CLI_SIGNALS_H

#include "base/error.h"

struct signals {
	int cancel_fd, abandon_fd; /* open until the program ends */
};

/* Once, before there are threads. */
int signals_install(struct signals *out, struct error **err) MUST_CHECK;
/* 0 while there was none, else the exit status that the first one asks for. */
int signals_exit_status(void);

#endif
