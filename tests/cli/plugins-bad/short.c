/* SPDX-License-Identifier: MIT */
/* Its table ends before it has begun. */
#include "config.h"

#define NAME        "short"
#define STRUCT_SIZE 24
#include "bad.h"

static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(short, table);
