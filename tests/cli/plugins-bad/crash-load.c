/* SPDX-License-Identifier: MIT */
/* Dies while it is loaded. */
#include "config.h"

#define NAME "crash-load"
#include <signal.h>

#include "bad.h"

__attribute__((__constructor__)) static void crash(void)
{
	raise(SIGSEGV);
}

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(crash_load, table);
