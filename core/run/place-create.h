/* SPDX-License-Identifier: MIT */
/* The part of place.h that asks the backend for the environment. */
#ifndef CIRRUS_RUN_PLACE_CREATE_H
#define CIRRUS_RUN_PLACE_CREATE_H

#include "run/place.h"

/* Whether the main process is the session: its script must be there before, */
bool place_attaches(const struct place *p);
/* or, where that is quicker, it waits until its files are copied in. */
bool place_starts_empty(const struct place *p);
/* What it may use, in bytes; 0: nothing limits it. */
int64_t place_memory_limit(const struct place *p);
/* The group of the task's container and the additional ones. */
int place_create(struct place *p, struct error **err) MUST_CHECK;

/* The limit that its main container gets, whether or not the engine keeps it. */
int64_t place_memory(const struct place *p);

#endif
