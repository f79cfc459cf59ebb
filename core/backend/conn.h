/* SPDX-License-Identifier: MIT */
/* What is behind the handles of backend.h. */
#ifndef CIRRUS_BACKEND_CONN_H
#define CIRRUS_BACKEND_CONN_H

#include <stdatomic.h>

#include "backend/backend.h"
#include "backend/loader.h"
#include "backend/services.h"
#include "backend/settings.h"

struct conn {
	struct backend *backend;
	const struct cirrus_kind *kind;
	cirrus_conn *handle;
	struct settings settings; /* the plugin borrows from it until close */
	ABI_PADDED(struct cirrus_system_info) info;
	uint64_t capabilities[2]; /* the kind's and here's */
	char *endpoint;           /* NULL: not asked for yet */
	atomic_bool limits_told;  /* that a limit has no effect here */
};

struct member {
	struct conn *conn;
	cirrus_instance *handle;
};

/* Opens a plugin that is loaded, for a kind that it provides.  Takes over
 * `settings`, also where it fails. */
int conn_open(struct backend *b, const struct cirrus_kind *kind,
	      struct settings *settings, const struct call_options *o,
	      struct conn **out, struct error **err) MUST_CHECK;

/* Asks whether the backend is there.  OK, and out->score > 0: it is; else *err
 * says why not. */
cirrus_status conn_probe(const struct backend *b, const struct settings *s,
			 const struct call_options *o, struct cirrus_probe *out,
			 struct error **err);
/* "Engine 27.1 at unix:///run/engine.sock", to be freed. */
char *probe_text(const struct cirrus_probe *p);

#endif
