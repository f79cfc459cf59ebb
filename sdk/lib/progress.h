/* SPDX-License-Identifier: MIT */
/* The stream of JSON objects with which an engine answers pull, push and build:
 * progress of layers, lines of a build's output, results, and errors that come
 * after the answer began with 200.
 *
 * Objects follow each other with or without line ends, cut anywhere. */
#ifndef CIRRUS_SDK_PROGRESS_H
#define CIRRUS_SDK_PROGRESS_H

#include <cirrus/backend.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"
#include "sdk/lib/cj.h"

struct progress_layer {
	char id[80];
	int64_t done, total;
};
VEC_DEFINE(progress_layers, struct progress_layer);

struct progress {
	const struct cirrus_call *call;
	const struct cirrus_writer *log; /* of a build; or NULL */

	/* What was learned. */
	char id[256];     /* of the image that was built */
	char digest[128]; /* of the image that was pushed */
	char last_line[256];
	struct buf error; /* the engine's words; empty: none */

	/* Private. */
	struct progress_layers layers;
	struct buf object; /* the one that is being received */
	int depth;
	bool in_string, escaped, too_large;
};

#define PROGRESS_INIT(c)                                  \
	{                                                 \
		.call = (c), .error = BUF_INIT(BUF_LINE), \
		.object = BUF_INIT(BUF_MESSAGE)           \
	}
void progress_clear(struct progress *p);
#define AUTO_PROGRESS __attribute__((__cleanup__(progress_clear)))

/* Takes the next bytes; ctx is the struct progress.  Fits http_request.take. */
cirrus_status progress_take(void *ctx, const char *data, size_t len);
/* At the end of the stream: OK; what the engine's error amounts to, *err being
 * "what: its words"; LOST where the stream ended inside an object. */
cirrus_status progress_end(struct progress *p, const char *what,
			   struct error **err);

#endif
