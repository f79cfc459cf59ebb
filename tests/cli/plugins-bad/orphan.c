/* SPDX-License-Identifier: MIT */
/* Needs a library that is not there. */
#include "config.h"

#define NAME "orphan"
#define OPEN orphan_open
#include <cirrus/backend.h>

CIRRUS_PUBLIC cirrus_status cirrus_test_ghost(void);

static cirrus_status orphan_open(const struct cirrus_call *call,
				 const struct cirrus_config *config,
				 cirrus_conn **out)
{
	(void)call;
	(void)config;
	(void)out;
	return cirrus_test_ghost();
}

#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(orphan, table);
