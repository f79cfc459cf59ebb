/* SPDX-License-Identifier: MIT */
/* Waiting for a plugin that may not come back.  Before a plugin is chosen
 * nothing is known of it, so it is probed on a thread of its own; one that is
 * late is left to itself and never called again. */
#ifndef CIRRUS_BACKEND_WATCH_H
#define CIRRUS_BACKEND_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Runs work(data) on another thread until the deadline (clock_now's clock).
 * True: it has ended, and `data` is the caller's again.  False: it goes on,
 * and `abandon` will be called with data at its end, if that ever comes. */
bool watch_run(void (*work)(void *data), void (*abandon)(void *data),
	       void *data, int64_t deadline_ns);

#endif
