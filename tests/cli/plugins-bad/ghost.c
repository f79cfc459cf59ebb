/* SPDX-License-Identifier: MIT */
/* The library that cirrus-orphan needs and that is installed nowhere. */
#include "config.h"

#include <cirrus/backend.h>

CIRRUS_PUBLIC cirrus_status cirrus_test_ghost(void);
CIRRUS_PUBLIC cirrus_status cirrus_test_ghost(void)
{
	return CIRRUS_OK;
}
