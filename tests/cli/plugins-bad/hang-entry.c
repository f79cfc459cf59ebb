/* SPDX-License-Identifier: MIT */
/* Is loaded, but never comes back from its entry. */
#include "config.h"

#define NAME "hang-entry"
#include <unistd.h>

#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_PUBLIC cirrus_backend_entry_fn
	cirrus_hang_entry_LTX_cirrus_backend_entry_v0;
CIRRUS_PUBLIC const struct cirrus_backend *
cirrus_hang_entry_LTX_cirrus_backend_entry_v0(const struct cirrus_host *host)
{
	(void)host;
	while (pause() != 0)
		;
	return &table;
}
