/* SPDX-License-Identifier: MIT */
/* XML that nobody vouches for, read from beginning to end.
 *
 *	static int begin(void *ctx, const char *name, const char *const *attrs,
 *			 struct error **err);
 *	const struct xml_reader reader = {begin, end, text, ctx};
 *
 *	if (xml_read(data, len, &reader, &err) < 0)
 *		...		"12:5: mismatched tag"
 *
 * Nothing is fetched, entities of the document's own are refused, and so are
 * elements that nest too deep.  All text arrives as UTF-8. */
#ifndef CIRRUS_DATA_XML_H
#define CIRRUS_DATA_XML_H

#include <stddef.h>

#include "base/error.h"

/* Elements within elements. */
#define XML_DEPTH 200

struct xml_reader {
	/* An element begins; fails where it is not welcome.  attrs are names
	 * and values in turn, ended by a NULL. */
	int (*begin)(void *ctx, const char *name, const char *const *attrs,
		     struct error **err);
	void (*end)(void *ctx, const char *name);
	void (*text)(void *ctx, const char *text, size_t len);
	void *ctx;
};

/* Errors begin with line and column. */
int xml_read(const char *data, size_t len, const struct xml_reader *reader,
	     struct error **err) MUST_CHECK;
/* NULL where there is none of that name. */
const char *xml_attr(const char *const *attrs, const char *name);

#endif
