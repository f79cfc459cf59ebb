/* SPDX-License-Identifier: MIT */
/* Waiting for a plugin that may not come back.  Before a plugin is chosen
 * nothing is known of it, so it is probed and opened on a thread of its own; one
 * that is late is left to itself and never called again. */
#ifndef CIRRUS_BACKEND_WATCH_H
#define CIRRUS_BACKEND_WATCH_H

#include "backend/backend.h"

enum watch_end {
	WATCH_DONE,      /* it has ended: `data` is the caller's again */
	WATCH_LATE,      /* it goes on behind the deadline */
	WATCH_CANCELLED, /* it goes on although it was cancelled */
};

/* Runs work(data) on another thread, and waits until it has ended or should have
 * long since: two seconds after the deadline of `o`, or after its cancel_fd
 * became readable.  What goes on is forgotten: `abandon` is called with data at
 * its end, if that ever comes. */
enum watch_end watch_run(void (*work)(void *data), void (*abandon)(void *data),
			 void *data, const struct call_options *o);

#endif
