/* SPDX-License-Identifier: MIT */
/* Calls a function that exists nowhere. */
#include "config.h"

#define NAME "undefined"
#define OPEN undefined_open
#include <cirrus/backend.h>

CIRRUS_PUBLIC cirrus_status cirrus_test_nowhere(void);

static cirrus_status undefined_open(const struct cirrus_call *call,
				    const struct cirrus_config *config,
				    cirrus_conn **out)
{
	(void)call;
	(void)config;
	(void)out;
	return cirrus_test_nowhere();
}

#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(undefined, table);
