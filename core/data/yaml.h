/* SPDX-License-Identifier: MIT */
/* YAML text -> tree of nodes with positions.
 *
 * Scalars keep their text; nothing becomes a number or a date.  Aliases and
 * merge keys (`<<`) are resolved here, by sharing, with the rules of
 * cirrus.yml(5): the first key of a name stays when a map is merged in, duplicate
 * keys are legal and all stay, null items of lists are dropped.  Only the first
 * document is read.
 *
 *	AUTO_ARENA struct arena a = {0};
 *	struct yaml_source src = {.text = text, .len = len, .path = path};
 *	struct node *root;
 *
 *	if (yaml_parse(&src, &a, &root, NULL, &err) < 0)
 *		return -1;
 */
#ifndef CIRRUS_DATA_YAML_H
#define CIRRUS_DATA_YAML_H

#include "base/arena.h"
#include "base/error.h"
#include "model/node.h"

/* Nobody's honest file comes near these. */
#define YAML_MAX_BYTES (64u * 1024 * 1024)
#define YAML_MAX_DEPTH 500
#define YAML_MAX_ALIAS 1000000 /* nodes that aliases stand for, in all */

struct yaml_source {
	const char *text;
	size_t len;
	const char *path; /* for messages */
	/* Keys that a merge adds although the map has them already, NULL-
	 * terminated; NULL: none. */
	const char *const *merge_twice;
};

/* The root, a map named "root", lives in the arena; it is NULL where the text
 * holds no document.  On failure the message is "PATH:LINE:COLUMN: what" and *at
 * (may be NULL) the place. */
int yaml_parse(const struct yaml_source *src, struct arena *arena,
	       struct node **root, struct position *at,
	       struct error **err) MUST_CHECK;

/* Reads a file of settings; a file that does not exist gives *root = NULL. */
int yaml_read_file(const char *path, struct arena *arena, struct node **root,
		   struct error **err) MUST_CHECK;

#endif
