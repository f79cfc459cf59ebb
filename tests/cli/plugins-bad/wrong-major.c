/* SPDX-License-Identifier: MIT */
/* Says 2 inside, although its entry promises what we offer. */
#include "config.h"

#define NAME      "wrong-major"
#define ABI_MAJOR 2
#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(wrong_major, table);
