/* SPDX-License-Identifier: MIT */
/* cirrus logs --follow: a run of another process, while it goes on. */
#ifndef CIRRUS_CLI_FOLLOW_H
#define CIRRUS_CLI_FOLLOW_H

#include "base/error.h"
#include "cli/logs-wanted.h"

/* Prints what there is of the run in that directory and what comes, until the run
 * is over; of one instruction the very bytes, until that is over. */
int follow(const char *dir, struct wanted *w, struct error **err) MUST_CHECK;

#endif
