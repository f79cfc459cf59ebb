/* SPDX-License-Identifier: MIT */
/* `--dry-run`: the plan as events, with nothing started. */
#ifndef CIRRUS_RUN_DRY_H
#define CIRRUS_RUN_DRY_H

#include "run/context.h"

/* Returns EXIT_OK. */
int dry_run(struct run *run);

#endif
