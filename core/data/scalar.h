/* SPDX-License-Identifier: MIT */
/* What a plain scalar of YAML means.  Values keep their text whatever they mean;
 * only three questions are ever asked: is it null, is this key a string, is this
 * key the merge key?  The rules are those of YAML 1.1 as the reference applies
 * them, with the booleans of YAML 1.2: `yes` and `on` are strings. */
#ifndef CIRRUS_DATA_SCALAR_H
#define CIRRUS_DATA_SCALAR_H

enum scalar_type {
	SCALAR_STRING,
	SCALAR_NULL,
	SCALAR_BOOL,
	SCALAR_INT,
	SCALAR_FLOAT,
	SCALAR_TIMESTAMP,
	SCALAR_MERGE
};

/* The type of an unquoted scalar that carries no tag. */
enum scalar_type scalar_resolve(const char *text);

#endif
