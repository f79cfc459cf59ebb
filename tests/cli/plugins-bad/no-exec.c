/* SPDX-License-Identifier: MIT */
/* Lacks an operation that every backend must have. */
#include "config.h"

#define NAME "no-exec"
#include "bad.h"

static struct cirrus_backend table = BAD_TABLE(NAME);

__attribute__((__constructor__)) static void drop(void)
{
	table.instance_exec = NULL;
}

CIRRUS_REGISTER_BACKEND(no_exec, table);
