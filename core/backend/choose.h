/* SPDX-License-Identifier: MIT */
/* Which backend it shall be. */
#ifndef CIRRUS_BACKEND_CHOOSE_H
#define CIRRUS_BACKEND_CHOOSE_H

#include "backend/backend.h"
#include "backend/search.h"

/* Moves docker and podman to the front: the order in which "auto" tries. */
void choose_order(struct candidates *list);

/* The one of that name, or NULL. */
const struct candidate *choose_find(const char *name,
				    const struct candidates *all);
/* The error for a name that is none of these; -1. */
int choose_unknown(const char *name, const struct candidates *all,
		   struct error **err);

/* An option for a backend that is not there would never be read: an error. */
int choose_check_options(const struct backend_choice *choice,
			 const struct candidates *all,
			 struct error **err) MUST_CHECK;

#define CHOOSE_PROBE_MS 2000

#endif
