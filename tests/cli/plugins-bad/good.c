/* SPDX-License-Identifier: MIT */
/* Nothing is wrong with this one. */
#include "config.h"

#define NAME "good"
#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(good, table);
