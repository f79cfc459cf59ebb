/* SPDX-License-Identifier: MIT */
/* The attributes of a member of a pax archive: records such as
 * "27 path=dir/file\n", whose number is their whole length (pax(1) of POSIX). */
#ifndef CIRRUS_SDK_PAX_H
#define CIRRUS_SDK_PAX_H

#include <stdbool.h>

#include "base/buf.h"

struct pax_record {
	const char *key, *value, *next; /* next: the record behind it */
	size_t key_len, value_len;
};

/* The record at `at`; false at the end, and where there is none. */
bool pax_next(const char *at, const char *end, struct pax_record *r);
bool pax_is(const struct pax_record *r, const char *key);
/* The first one of that key. */
bool pax_find(const struct buf *b, const char *key, struct pax_record *r);
void pax_add(struct buf *out, const char *key, const char *value, size_t len);

#endif
