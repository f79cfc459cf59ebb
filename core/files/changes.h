/* SPDX-License-Identifier: MIT */
/* Which files of a project differ from a revision. */
#ifndef CIRRUS_FILES_CHANGES_H
#define CIRRUS_FILES_CHANGES_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strv.h"

/* Adds the paths, relative to the root of the repository around dir, in which
 * the working tree (or, if `staged`, the index) differs from the revision; files
 * that git ignores do not count, new ones do.  A revision that does not exist,
 * or no repository, is an error. */
int changes_find(const char *dir, const char *revision, bool staged,
		 struct strv *paths, struct error **err) MUST_CHECK;

#endif
