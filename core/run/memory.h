/* SPDX-License-Identifier: MIT */
/* Scripts that ran out of memory.  The kernel ends the largest process inside,
 * and what a script sees of that is at best a signal. */
#ifndef CIRRUS_RUN_MEMORY_H
#define CIRRUS_RUN_MEMORY_H

#include "run/instructions.h"

/* A script has failed: says so where it was for want of memory, as the kernel's
 * books of the environment tell. */
void memory_tell(struct performance *p, struct step *s);

/* What a control group's files say: how many processes were killed, given that
 * its limit is this one.  0: none, or it is not the environment's group.  Pure. */
int64_t memory_kills(const char *text, int64_t limit);

#endif
