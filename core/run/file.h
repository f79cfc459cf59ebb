/* SPDX-License-Identifier: MIT */
/* The instruction `file`. */
#ifndef CIRRUS_RUN_FILE_H
#define CIRRUS_RUN_FILE_H

#include "run/instructions.h"

struct step_result file_create(struct performance *p, struct step *s,
			       const struct instruction *i, size_t index);

#endif
