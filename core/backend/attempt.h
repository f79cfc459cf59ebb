/* SPDX-License-Identifier: MIT */
/* Calling an operation until it is done: the loop that every wrapper runs.
 *
 *	struct attempt at;
 *
 *	attempt_init(&at, table, "image_pull", o, ATTEMPT_PULL);
 *	while (attempt_next(&at))
 *		at.status = table->image_pull(handle, &at.call.padded.s, spec,
 *					      out);
 *	return attempt_done(&at, err);
 *
 * Only UNAVAIL is tried again (nothing has happened), and TIMEOUT of a pull;
 * never where a stream that the plugin reads has lost bytes to it. */
#ifndef CIRRUS_BACKEND_ATTEMPT_H
#define CIRRUS_BACKEND_ATTEMPT_H

#include "backend/conn.h"

enum {
	ATTEMPT_PULL = 1 << 0,    /* TIMEOUT is tried again too */
	ATTEMPT_CLEANUP = 1 << 1, /* nobody cancels it; it has time enough */
	ATTEMPT_ONCE = 1 << 2
};

struct attempt {
	struct call call;
	const struct cirrus_backend *table;
	const char *op;
	struct call_options options;
	unsigned int how;
	int tries;
	cirrus_status status;
	struct error *error;   /* of the last try */
	const uint64_t *taken; /* bytes the plugin has read; NULL: none */
};

void attempt_init(struct attempt *at, const struct cirrus_backend *table,
		  const char *op, const struct call_options *o,
		  unsigned int how);
bool attempt_next(struct attempt *at);
cirrus_status attempt_done(struct attempt *at, struct error **err);

#endif
