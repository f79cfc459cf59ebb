/* SPDX-License-Identifier: MIT */
/* JSON that nobody vouches for: one value after the other, white space between
 * them.
 *
 *	struct json_reader r;
 *
 *	if (json_reader_init(&r, text, len, &err) < 0)
 *		return -1;
 *	while ((v = json_read(&r, &err))) ...
 *
 * A value takes much more memory than its text: a text of too many is refused
 * before the first is read. */
#ifndef CIRRUS_DATA_JSON_READER_H
#define CIRRUS_DATA_JSON_READER_H

#include <stddef.h>

#include "base/error.h"

/* Values within one text, those within others counted too. */
#define JSON_VALUES (2u * 1000 * 1000)

struct cJSON;

struct json_reader {
	const char *text;
	size_t len, at;
};

int json_reader_init(struct json_reader *r, const char *text, size_t len,
		     struct error **err) MUST_CHECK;
/* The next one; NULL at the end, and where it is broken: then err is set and
 * begins with line and column. */
struct cJSON *json_read(struct json_reader *r, struct error **err);
/* "LINE:COLUMN: why" of where the reader is; returns -1. */
int json_reader_fail(const struct json_reader *r, struct error **err,
		     const char *why);

#endif
