/* SPDX-License-Identifier: MIT */
/* Values that are not there: ENCRYPTED[...] was for the hosted service, VAULT[...]
 * names a secret that it fetched.  Tasks see the text itself. */
#ifndef CIRRUS_RUN_SEALED_H
#define CIRRUS_RUN_SEALED_H

#include "run/context.h"

/* Says once a run which variables of its tasks are such, unless the command line
 * gives them a value. */
void sealed_tell(struct run *run);

#endif
