/* SPDX-License-Identifier: MIT */
/* One invocation of a plugin, and what the host does for it meanwhile.
 *
 *	struct call k;
 *
 *	call_begin(&k, backend, "image_pull", &options);
 *	status = backend->table.image_pull(conn, &k.padded.s, spec, out);
 *	status = call_end(&k, status, err);
 *
 * The plugin may copy the call (with a nearer deadline, say) and hand the copy to
 * any service: the way back to ours is in its `reserved`.  Services are safe
 * from any thread and never block. */
#ifndef CIRRUS_BACKEND_SERVICES_H
#define CIRRUS_BACKEND_SERVICES_H

#include <cirrus/backend.h>
#include <pthread.h>

#include "backend/backend.h"
#include "base/strv.h"
#include "base/vec.h"

/* What the contract promises for every struct that crosses the line: zeros up
 * to here, so that a plugin may know longer ones than we do. */
#define ABI_AREA CIRRUS_OUT_MAX
#define ABI_PADDED(type)             \
	union {                      \
		type s;              \
		char area[ABI_AREA]; \
	}

struct call_progress {
	char *item, *what;
	uint32_t flags;
	int64_t done, total;
	int64_t shown_ns; /* when the hook was last told */
	bool pending;     /* the hook does not know the latest yet */
};
VEC_DEFINE(call_progress_vec, struct call_progress);

struct call {
	ABI_PADDED(struct cirrus_call) padded;
	const struct cirrus_backend *table;
	const char *op;
	void *scope;
	pthread_mutex_t lock; /* guards what follows */
	int errors;           /* how often error() was called */
	char *msg, *hint;     /* of the first */
	struct call_progress_vec progress;
	struct strv lent; /* credentials; wiped at the end */
};

void call_begin(struct call *k, const struct cirrus_backend *table,
		const char *op, const struct call_options *o);
/* Ends it: the status as the host understands it, with *err set unless OK. */
cirrus_status call_end(struct call *k, cirrus_status status,
		       struct error **err);

const struct cirrus_host *services_host(void);
void services_log(void *scope, int32_t level, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
void services_secret(const char *text);

#endif
