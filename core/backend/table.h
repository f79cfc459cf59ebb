/* SPDX-License-Identifier: MIT */
/* What a plugin says about itself: checked once, then copied, so that the rest
 * of this room may look at members that an older or careless plugin lacks. */
#ifndef CIRRUS_BACKEND_TABLE_H
#define CIRRUS_BACKEND_TABLE_H

#include <cirrus/backend.h>
#include <stdbool.h>

#include "base/error.h"

/* Why there is no table: a defect, or another version of the contract. */
enum table_fault { TABLE_BROKEN, TABLE_INCOMPATIBLE };

/* Copies `theirs`, what it lacks as zero; -1 where the host cannot use it.
 * `name` is the name of the file. */
int table_copy(const struct cirrus_backend *theirs, const char *name,
	       struct cirrus_backend *out, enum table_fault *fault,
	       struct error **err) MUST_CHECK;

/* "needs ABI 2, this cirrus offers 1" */
void table_wrong_major(unsigned int major, struct error **err);

const struct cirrus_kind *table_kind(const struct cirrus_backend *t,
				     const char *name); /* or NULL */

/* Every operation, in the order of the contract. */
struct table_op {
	const char *name;
	size_t offset;
	bool mandatory;
};
extern const struct table_op table_ops[];
extern const size_t table_n_ops;
bool table_has(const struct cirrus_backend *t, const struct table_op *op);

#endif
