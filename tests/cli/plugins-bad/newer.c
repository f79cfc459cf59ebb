/* SPDX-License-Identifier: MIT */
/* Needs a host that does not exist yet. */
#include "config.h"

#define NAME           "newer"
#define MIN_HOST_MINOR 999
#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(newer, table);
