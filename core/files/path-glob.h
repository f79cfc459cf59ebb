/* SPDX-License-Identifier: MIT */
/* Globs over paths: `*` and `?` within a name, `**` for any number of names,
 * `[a-z]` and `[!a]`, `{a,b}`, `\x`.  Names that begin with a dot are names like
 * any other.  A glob matches a whole path. */
#ifndef CIRRUS_FILES_PATH_GLOB_H
#define CIRRUS_FILES_PATH_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"

/* Whether it is one at all: it has a `*`. */
bool path_glob_is(const char *text);
/* The globs without braces that it stands for; false: too many, or a brace that
 * does not end, which then means itself. */
bool path_glob_expand(const char *glob, struct strv *out);
/* One without braces. */
bool path_glob_match(const char *glob, const char *path);
/* The directory below which all that it matches lies: bytes of glob; and how
 * many names deep below that, -1: any depth. */
size_t path_glob_prefix(const char *glob, int *depth);

#endif
