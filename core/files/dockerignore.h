/* SPDX-License-Identifier: MIT */
/* `.dockerignore`: which files of a build context are not sent.
 *
 * A line is a pattern for a path relative to the context's root, of `*`, `?`,
 * `[a-z]` and `**`; it goes for what is below a directory as well.  `!` takes
 * back, `#` begins a comment, the last line that matches counts. */
#ifndef CIRRUS_FILES_DOCKERIGNORE_H
#define CIRRUS_FILES_DOCKERIGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"

struct dockerignore {
	struct strv patterns; /* cleaned; with their `!` */
};

void dockerignore_parse(struct dockerignore *d, const char *text, size_t len);
void dockerignore_clear(struct dockerignore *d);
bool dockerignore_leaves_out(const struct dockerignore *d, const char *path);

#endif
