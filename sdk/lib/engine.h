/* SPDX-License-Identifier: MIT */
/* A backend for everything that speaks the Docker Engine API: all operations of
 * the contract, for Docker 20.10 and newer and Podman 4.3 and newer alike.  A
 * plugin adds where its engine is found, and what its table says:
 *
 *	static cirrus_status open(const struct cirrus_call *call,
 *				  const struct cirrus_config *config,
 *				  cirrus_conn **out)
 *	{
 *		AUTO_ENDPOINT struct endpoint e = {0};
 *		...
 *		return engine_open(call, config,
 *				   &(struct engine_options){.endpoint = &e, ...},
 *				   out);
 *	}
 *
 *	static const struct cirrus_backend table = {
 *		...
 *		.probe = probe, .open = open, CIRRUS_ENGINE_OPERATIONS,
 *	};
 *
 * API: docs.docker.com/reference/api/engine (1.40 to 1.44), and where Podman's
 * differs, docs.podman.io/en/latest/_static/api.html. */
#ifndef CIRRUS_SDK_ENGINE_H
#define CIRRUS_SDK_ENGINE_H

#include <cirrus/backend.h>
#include <cirrus/engine.h>
#include <cirrus/sdk.h>
#include <stdbool.h>

#include "base/error.h"
#include "sdk/lib/auth.h"
#include "sdk/lib/endpoint.h"

/* What /_ping tells of an engine. */
struct engine_facts {
	bool is_podman;
	char version[64]; /* of the engine */
	char api[16];     /* the highest both sides know: "1.41" */
};

struct engine_options {
	struct endpoint *endpoint; /* taken over, left empty */
	enum auth_store store;
	const char *command; /* the engine's own client, for people; static */

	/* Called at the end of engine_close; not when engine_open fails. */
	bool is_private; /* its address is this run's alone */
	void *owner;
	void (*owner_close)(void *owner, const struct cirrus_call *call);
};

/* One ping: is there an engine, and which.  Nothing stays open.  *err tells
 * more where the status is not OK; the host is told nothing. */
cirrus_status engine_ping(const struct cirrus_call *call, struct endpoint *e,
			  struct engine_facts *facts,
			  struct error **err) MUST_CHECK;

/* Fills a probe's answer: what was found, or why nothing was. */
void engine_describe(cirrus_status s, const struct engine_facts *facts,
		     const struct error *err, struct cirrus_probe *out);

/* Connects; reports to the host where it fails. */
cirrus_status engine_open(const struct cirrus_call *call,
			  const struct cirrus_config *config,
			  const struct engine_options *options,
			  cirrus_conn **out) MUST_CHECK;
const struct engine_facts *engine_facts(const cirrus_conn *);
void *engine_owner(const cirrus_conn *);

#endif
