/* SPDX-License-Identifier: MIT */
/* Numbers as the language writes them.  Each returns NULL, or what is wrong in
 * the words that users of the language know, in the arena. */
#ifndef CIRRUS_CONFIG_NUMBER_H
#define CIRRUS_CONFIG_NUMBER_H

#include <stdint.h>

#include "base/arena.h"

/* Decimal digits, nothing else, up to max. */
const char *number_uint(struct arena *a, const char *text, uint64_t max,
			uint64_t *out);
const char *number_double(struct arena *a, const char *text, double *out);
const char *number_float(struct arena *a, const char *text, float *out);
/* 4G, 512Mb, 6 (GiB below 100, MiB from there on) in MiB. */
const char *number_memory(struct arena *a, const char *text, uint32_t *mib);
/* 90 (minutes), 90s, 2h in seconds. */
const char *number_duration(struct arena *a, const char *text,
			    uint32_t *seconds);

#endif
