/* SPDX-License-Identifier: MIT */
/* A person's terminal, lent to shells in failed tasks' environments. */
#ifndef CIRRUS_CLI_TERMINAL_H
#define CIRRUS_CLI_TERMINAL_H

#include "base/error.h"
#include "report/report.h"
#include "run/run.h"

/* Whether there is a terminal to lend. */
int terminal_check(struct error **err) MUST_CHECK;
/* What run/ needs to open shells on it; the reporter keeps quiet meanwhile. */
struct shell_host terminal_shell(struct reporter *r);
/* Once nobody waits for what still runs: takes it back from a shell, if it is
 * lent. */
void terminal_take_back(struct reporter *r);
/* Async-signal-safe: gives the terminal back its own mode, if it is lent. */
void terminal_restore(void);

#endif
