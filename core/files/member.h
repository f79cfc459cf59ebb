/* SPDX-License-Identifier: MIT */
/* Members of archives that nobody vouches for: where may one lie, and can it
 * reach out of there? */
#ifndef CIRRUS_FILES_MEMBER_H
#define CIRRUS_FILES_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/* A name as part of a path: without "./", doubled and leading slashes; "" is the
 * top itself.  NULL where it leads upwards.  For free(). */
char *member_name(const char *raw);

/* What an archive has put in place so far, by name.  A name that nobody put
 * there is not known. */
struct member_set;
struct member_set *member_set_new(void);
void member_set_free(struct member_set *s);
void member_set_put(struct member_set *s, const char *name, mode_t type);
mode_t member_set_get(const struct member_set *s, const char *name);

/* Where members may lie.  root() tells how many bytes of a name are the way to a
 * folder that is allowed, which may be all of it, or -1: it lies in none. */
struct member_rules {
	long (*root)(const void *ctx, const char *name);
	const void *ctx;
};

/* The one tree below the top. */
extern const struct member_rules member_rules_all;

#endif
