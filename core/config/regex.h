/* SPDX-License-Identifier: MIT */
/* Regular expressions as RE2 has them, by PCRE2: what RE2 lacks (look-around,
 * back-references, atomic groups, recursion, possessive quantifiers) is an
 * error, and matching has a limit. */
#ifndef CIRRUS_CONFIG_REGEX_H
#define CIRRUS_CONFIG_REGEX_H

#include <stdbool.h>

#include "base/arena.h"

enum { REGEX_DOTALL = 1, REGEX_CASELESS = 2 };

/* Whether the pattern is found in text: NULL and *matches, or what is wrong, in
 * the arena.  *broken tells a pattern that is none from a match given up. */
const char *regex_match(struct arena *a, const char *pattern, int flags,
			const char *text, bool *matches, bool *broken);

#endif
