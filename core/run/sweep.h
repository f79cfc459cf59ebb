/* SPDX-License-Identifier: MIT */
/* Finding and removing what runs left behind in an engine. */
#ifndef CIRRUS_RUN_SWEEP_H
#define CIRRUS_RUN_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/backend.h"
#include "run/owner.h"

struct sweep {
	struct conn *conn;
	const struct owner *self;
	bool dry_run;
	bool kept;             /* also what --keep left */
	bool all;              /* also what may belong to others, elsewhere */
	int64_t older_than_ns; /* likewise, if it is that old; 0: no */
	int cancel_fd;
	/* Told of each object that is removed, or would be, or could not be;
	 * may be NULL. */
	void (*found)(void *ctx, const char *type, const char *name,
		      const char *why, bool removed);
	void *ctx;
};

/* What a living process of this machine uses is never touched. */
int sweep_run(const struct sweep *s, struct error **err) MUST_CHECK;

#endif
