/* SPDX-License-Identifier: MIT */
/* The instruction `artifacts`: files of the environment go to --artifacts-dir. */
#ifndef CIRRUS_RUN_ARTIFACTS_H
#define CIRRUS_RUN_ARTIFACTS_H

#include "run/instructions.h"

struct step_result artifacts_collect(struct performance *p, struct step *s,
				     const struct instruction *i, size_t index);

#endif
