/* SPDX-License-Identifier: MIT */
/* Never comes back from being loaded. */
#include "config.h"

#define NAME "hang-load"
#include <unistd.h>

#include "bad.h"

__attribute__((__constructor__)) static void hang(void)
{
	while (pause() != 0)
		;
}

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(hang_load, table);
