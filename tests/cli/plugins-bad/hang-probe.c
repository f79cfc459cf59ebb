/* SPDX-License-Identifier: MIT */
/* Never answers, whatever the deadline says. */
#include "config.h"

#define NAME  "hang-probe"
#define PROBE hang_probe
#include <cirrus/backend.h>
#include <unistd.h>

static cirrus_status hang_probe(const struct cirrus_call *call,
				const struct cirrus_config *config,
				struct cirrus_probe *out)
{
	(void)call;
	(void)config;
	(void)out;
	while (pause() != 0)
		;
	return CIRRUS_OK;
}

#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(hang_probe, table);
