/* SPDX-License-Identifier: MIT */
/* Copies between a stream of the engine and the host's file descriptors, both
 * ways at once, until the stream ends or must end.
 *
 * The host's descriptors are blocking and keep their flags: the pump polls, and
 * writes at most PIPE_BUF at a time, which a pipe that polls writable takes
 * whole.  What cannot be written is not read either, so a slow reader slows the
 * process and costs no memory.  One thread runs a pump. */
#ifndef CIRRUS_SDK_PUMP_H
#define CIRRUS_SDK_PUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "sdk/lib/demux.h"
#include "sdk/lib/stream.h"

struct pump {
	struct stream *stream;
	struct demux demux;
	int in, out, err; /* the host's; -1: none.  Borrowed, never closed */

	int cancel_fd, quit_fd; /* readable: stop; -1: none */
	int64_t deadline_ns;    /* clock_now's clock; 0: none */

	/* While one of these is readable its function is called, which makes
	 * it not readable, sets it to -1, or calls pump_drain. */
	struct pump_watch {
		int fd; /* -1: none */
		void (*ready)(struct pump *p, struct pump_watch *w);
	} watch[2];
	void *ctx;

	/* Called when clock_now reaches tick_at_ns (0: never), which it sets
	 * anew. */
	int64_t tick_at_ns;
	void (*tick)(struct pump *p);

	bool ends_with_reader; /* PUMP_HANGUP when nobody reads the output */

	/* What the engine said in the stream about itself; "": nothing. */
	char complaint[256];

	/* Private. */
	char *in_data, *out_data;
	size_t in_at, in_len, out_at, out_len;
	struct demux_piece piece;
	int64_t drain_until_ns;
	uint64_t drained;
	bool hung_up, more, gave;
};

/* An idle pump: no descriptors, no limits. */
#define PUMP_INIT                                                 \
	{                                                         \
		.in = -1, .out = -1, .err = -1, .cancel_fd = -1,  \
		.quit_fd = -1, .watch = {{-1, NULL}, {-1, NULL}}, \
	}

enum pump_end {
	PUMP_EOF,     /* the stream ended, all of it was forwarded */
	PUMP_DRAINED, /* after pump_drain */
	PUMP_BROKEN,  /* the connection broke, or garbage came */
	PUMP_CANCELLED,
	PUMP_TIMEOUT,
	PUMP_QUIT,
	PUMP_HANGUP
};

/* May be called again, with other limits, where it ended before the stream. */
enum pump_end pump_run(struct pump *p);
void pump_clear(struct pump *p);
#define AUTO_PUMP __attribute__((__cleanup__(pump_clear)))

/* From within a watch: the process is gone.  What it wrote is on its way, so
 * forward for another 200 ms at most, not counting time in which the host did
 * not read. */
void pump_drain(struct pump *p);

#endif
