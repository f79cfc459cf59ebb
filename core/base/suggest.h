/* SPDX-License-Identifier: MIT */
/* What somebody who mistyped a word probably meant. */
#ifndef CIRRUS_BASE_SUGGEST_H
#define CIRRUS_BASE_SUGGEST_H

#include <stddef.h>

/* The nearest of the candidates (NULL-terminated), or NULL where none is near:
 * at most one slip for each three letters; letters swapped, missed, doubled or
 * replaced, and wrong case count as slips.  Words over 64 bytes have none. */
const char *suggest(const char *word, const char *const *candidates);

/* How many slips lie between two words; more than any limit where either is
 * longer than 64 bytes. */
size_t suggest_distance(const char *a, const char *b);

#endif
