/* SPDX-License-Identifier: MIT */
/* The part of workspace.h that makes environments to copy with; they are never
 * started. */
#ifndef CIRRUS_RUN_WORKSPACE_COPY_H
#define CIRRUS_RUN_WORKSPACE_COPY_H

#include "run/place.h"

/* A volume with the project as this place wants it; its name, for free(). */
char *workspace_copy(const struct place *p, const char *what,
		     struct error **err);
/* Whether the image has something in the working directory; also where that
 * cannot be told. */
bool workspace_image_holds(const struct place *p);

#endif
