/* SPDX-License-Identifier: MIT */
/* The one thread that reads all output.
 *
 * Every pipe that an environment writes to is polled here and its bytes are
 * handed to their owner's sink at once, on the pump's thread; a sink must not
 * block on anything but a disk.  Back-pressure is the pipe's own. */
#ifndef CIRRUS_RUN_PUMP_H
#define CIRRUS_RUN_PUMP_H

#include <stddef.h>

#include "base/error.h"

struct pump;
struct pump_source;

struct pump_sink {
	void *ctx;
	void (*data)(void *ctx, const char *data, size_t len);
	void (*end)(void *ctx); /* end of file, or a broken pipe; once */
};

int pump_new(struct pump **out, struct error **err) MUST_CHECK;
/* Every source must have been removed. */
void pump_free(struct pump *p);

/* Reads from fd, which stays the caller's but becomes non-blocking, until its
 * end: the reading end of a pipe of our own. */
struct pump_source *pump_add(struct pump *p, int fd,
			     const struct pump_sink *sink);
/* Once this returns the sink is not called any more.  Not from a sink. */
void pump_remove(struct pump *p, struct pump_source *source);

#endif
