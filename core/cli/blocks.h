/* SPDX-License-Identifier: MIT */
/* What tasks ask of the machine they run on, held against what the backends that
 * are installed take: of a block, the keys that the language itself does not
 * know are options of the kind of environment. */
#ifndef CIRRUS_CLI_BLOCKS_H
#define CIRRUS_CLI_BLOCKS_H

#include "backend/backend.h"
#include "cli/diagnostics.h"
#include "model/environment.h"
#include "model/task.h"

/* Adds to d an error for each key that no backend takes, or not with that value,
 * and a warning where no backend is of the kind; takes from d the warnings about
 * unknown fields that backends do know.  `env` is what conditions see. */
void blocks_check(const struct tasks *tasks, const struct backend_kinds *kinds,
		  const struct environment *env, struct diagnostics *d);

#endif
