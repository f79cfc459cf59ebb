/* SPDX-License-Identifier: MIT */
/* Reports that tests and linters write -> annotations.
 *
 *	const struct annotate_format *f = annotate_find("junit");
 *	AUTO_ANNOTATIONS struct annotations found = {0};
 *
 *	if (annotate(f, text, len, &found, &err) < 0)
 *		...		"12:5: mismatched tag"
 *
 * Each format has a file of its own here, which says what it looks like. */
#ifndef CIRRUS_ANNOTATE_ANNOTATE_H
#define CIRRUS_ANNOTATE_ANNOTATE_H

#include <stddef.h>

#include "annotate/list.h"
#include "base/error.h"

/* The largest report that is read. */
#define ANNOTATE_BYTES ((size_t)64 << 20)

struct annotate_format {
	const char *name;
	int (*parse)(const char *text, size_t len, struct annotations *out,
		     struct error **err);
};

/* Without regard to case; NULL: there is no such format. */
const struct annotate_format *annotate_find(const char *name);
/* All names, ended by a NULL. */
extern const char *const annotate_names[];

/* Adds what the report says.  Errors begin with line and column; what was found
 * before stays.  An empty report says nothing, in any format. */
int annotate(const struct annotate_format *f, const char *text, size_t len,
	     struct annotations *out, struct error **err) MUST_CHECK;

#endif
