/* SPDX-License-Identifier: MIT */
/* Globs of changesInclude(): `*` and `?` within a name, `**` across names,
 * `{a,b}`, `[a-z]`, `[!a]`, `\x`.  A glob matches a whole path. */
#ifndef CIRRUS_CONFIG_GLOB_H
#define CIRRUS_CONFIG_GLOB_H

#include "base/arena.h"

/* The regular expression of a glob, in the arena; NULL, and *why says what is
 * wrong where ("invalid pattern syntax: missing ']' in [a at 2"). */
const char *glob_regex(struct arena *a, const char *glob, const char **why);

#endif
