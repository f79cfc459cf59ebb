/* SPDX-License-Identifier: MIT */
/* Dies when asked anything. */
#include "config.h"

#define NAME  "crash-probe"
#define PROBE crash_probe
#define OPEN  crash_open
#include <cirrus/backend.h>
#include <stdlib.h>

static cirrus_status crash_probe(const struct cirrus_call *call,
				 const struct cirrus_config *config,
				 struct cirrus_probe *out)
{
	(void)call;
	(void)config;
	(void)out;
	abort();
}

static cirrus_status crash_open(const struct cirrus_call *call,
				const struct cirrus_config *config,
				cirrus_conn **out)
{
	(void)call;
	(void)config;
	(void)out;
	abort();
}

#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(crash_probe, table);
