/* SPDX-License-Identifier: MIT */
/* Its file has another name than itself. */
#include "config.h"

#define NAME "alias"
#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(misnamed, table);
