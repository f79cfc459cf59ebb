/* SPDX-License-Identifier: MIT */
/* A plugin in good health whose engine is not there. */
#include "config.h"

#define NAME  "dead-engine"
#define PROBE dead_probe
#define OPEN  dead_open
#include <cirrus/backend.h>
#include <string.h>

static cirrus_status unavailable(const struct cirrus_call *call)
{
	call->host->error(call, CIRRUS_E_UNAVAIL,
			  "cannot connect to /nowhere/engine.sock: no such "
			  "file",
			  "systemctl start engine");
	return CIRRUS_E_UNAVAIL;
}

static cirrus_status dead_probe(const struct cirrus_call *call,
				const struct cirrus_config *config,
				struct cirrus_probe *out)
{
	(void)config;
	(void)out;
	return unavailable(call);
}

static cirrus_status dead_open(const struct cirrus_call *call,
			       const struct cirrus_config *config,
			       cirrus_conn **out)
{
	(void)config;
	(void)out;
	return unavailable(call);
}

#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(dead_engine, table);
