/* SPDX-License-Identifier: MIT */
/* Which paths of a project git leaves out: ignored by its rules, and not
 * tracked. */
#ifndef CIRRUS_FILES_IGNORE_H
#define CIRRUS_FILES_IGNORE_H

#include <stdbool.h>

struct ignore;

/* NULL: no repository around root, nothing is left out. */
struct ignore *ignore_new(const char *root);
void ignore_free(struct ignore *i);

/* To be called for every directory below the root before anything in it. */
void ignore_enter(struct ignore *i, int dirfd);

/* path is relative to root.  A directory is left out if it is ignored and
 * nothing tracked lies below it. */
bool ignore_leaves_out(struct ignore *i, const char *path, bool is_dir);

#endif
