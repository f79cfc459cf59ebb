/* SPDX-License-Identifier: MIT */
/* Where plugins are found: the directories that CIRRUS_CLI_BACKEND_DIR lists
 * (separated by colons), else the one compiled in; and what was linked into the
 * program.  A plugin is a file cirrus-NAME.so; in a directory that the user
 * named also cirrus-NAME.la, so that a build tree works uninstalled.
 *
 * A plugin runs with all the rights of its user, so nobody else may be able to
 * put one in place: search_refuses says which path is open to whom. */
#ifndef CIRRUS_BACKEND_SEARCH_H
#define CIRRUS_BACKEND_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/vec.h"

struct candidate {
	char *name;
	char *path;      /* absolute; NULL: linked into the program */
	bool user_named; /* by variable or path, not compiled in */
};
VEC_DEFINE(candidates, struct candidate);

/* [a-z][a-z0-9-]* */
bool search_name_valid(const char *name);

/* All there are, sorted by name; of two with one name the first directory's
 * counts.  A directory that is not there is an empty one. */
void search_all(struct candidates *out);
void search_clear(struct candidates *list);
#define AUTO_CANDIDATES __attribute__((__cleanup__(search_clear)))

/* The one at an absolute path, as a person wrote it: 0 or -1. */
int search_path(const char *path, struct candidate *out,
		struct error **err) MUST_CHECK;
void candidate_clear(struct candidate *c);

/* Whether directory or file are open to others than their owner; says so, with
 * path and mode, in *err. */
bool search_refuses(const struct candidate *c, struct error **err);

/* "/a:/b", where it was looked: for messages; to be freed. */
char *search_directories(void);

#endif
