/* SPDX-License-Identifier: MIT */
/* Built for another major version: its entry has another name. */
#include "config.h"

#define NAME      "other-abi"
#define ABI_MAJOR 7
#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_PUBLIC cirrus_backend_entry_fn
	cirrus_other_abi_LTX_cirrus_backend_entry_v7;
CIRRUS_PUBLIC const struct cirrus_backend *
cirrus_other_abi_LTX_cirrus_backend_entry_v7(const struct cirrus_host *host)
{
	(void)host;
	return &table;
}
