/* SPDX-License-Identifier: MIT */
/* Volumes of a run: that a task has for its working directory, or that several begin
 * with. */
#ifndef CIRRUS_RUN_VOLUME_H
#define CIRRUS_RUN_VOLUME_H

#include "run/context.h"
#include "run/place.h"

struct volume_wish {
	const char *what;   /* the end of its name; NULL: the task's own */
	const char *source; /* the name of one that it begins as a copy of */
	int64_t size_bytes;
	uint32_t flags; /* of struct cirrus_volume_spec */
};
/* Its name, for free(). */
char *volume_new(struct scope *scope, const struct volume_wish *wish,
		 struct error **err);
/* Removes it, or says how a person can. */
void volume_end(struct scope *scope, const char *name);

/* use_in_memory_disk: one that lies in memory, as large as the container's, which
 * it counts against.  There is nothing in it before the container has started,
 * so the project comes then. */
char *volume_in_memory(struct place *p, struct error **err);
int volume_fill(struct place *p, struct error **err) MUST_CHECK;

#endif
