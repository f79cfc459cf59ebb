/* SPDX-License-Identifier: MIT */
/* Is there, but never comes back from open, whatever deadline or cancelling
 * say. */
#include "config.h"

#define NAME "hang-open"
#define OPEN hang_open
#include <cirrus/backend.h>
#include <unistd.h>

static cirrus_status hang_open(const struct cirrus_call *call,
			       const struct cirrus_config *config,
			       cirrus_conn **out)
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

CIRRUS_REGISTER_BACKEND(hang_open, table);
