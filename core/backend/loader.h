/* SPDX-License-Identifier: MIT */
/* Loads plugins, and says truly why one did not load.
 *
 * The only user of libltdl, which is not safe between threads: every call of it
 * happens under one lock.  A plugin is bound at once, stays private (two may
 * carry the same static library) and is never unloaded, because destructors of
 * the libraries that it pulled in may run until the process ends.  Loading the
 * same file twice gives the same struct backend. */
#ifndef CIRRUS_BACKEND_LOADER_H
#define CIRRUS_BACKEND_LOADER_H

#include <cirrus/backend.h>
#include <stdbool.h>

#include "backend/search.h"
#include "backend/table.h"
#include "base/error.h"

struct backend {
	char *name;
	char *path;                  /* NULL: linked into the program */
	struct cirrus_backend table; /* what a smaller one lacks is zero */
	const struct cirrus_backend *theirs; /* in the plugin */
	struct backend *next;
};

/* The plugin, which lives until the process ends; or NULL, with what `cirrus
 * backends` says about it in *fault and *err: the cause alone, the caller puts
 * the backend's name in front. */
struct backend *loader_load(const struct candidate *c, enum table_fault *fault,
			    struct error **err) MUST_CHECK;
/* Whether one is being loaded, on whatever thread. */
bool loader_busy(void);

#endif
