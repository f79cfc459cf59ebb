/* SPDX-License-Identifier: MIT */
/* The volume that a task has for its working directory, where it has one. */
#ifndef CIRRUS_RUN_VOLUME_H
#define CIRRUS_RUN_VOLUME_H

#include "run/context.h"
#include "run/place.h"

/* Its name, for free(); flags as of struct cirrus_volume_spec. */
char *volume_new(struct scope *scope, uint32_t flags, int64_t size_bytes,
		 struct error **err);
/* Removes it, or says how a person can. */
void volume_end(struct scope *scope, const char *name);

/* use_in_memory_disk: one that lies in memory, as large as the container's, which
 * it counts against.  There is nothing in it before the container has started,
 * so the project comes then. */
char *volume_in_memory(struct place *p, struct error **err);
int volume_fill(struct place *p, bool open_to_all,
		struct error **err) MUST_CHECK;

#endif
