/* SPDX-License-Identifier: MIT */
/* A shared object that is no plugin. */
#include "config.h"

#include <cirrus/backend.h>

CIRRUS_PUBLIC int cirrus_no_entry(void);
CIRRUS_PUBLIC int cirrus_no_entry(void)
{
	return 0;
}
