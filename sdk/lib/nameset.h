/* SPDX-License-Identifier: MIT */
/* A set of strings; a zeroed struct is an empty one. */
#ifndef CIRRUS_SDK_NAMESET_H
#define CIRRUS_SDK_NAMESET_H

#include <stdbool.h>
#include <stddef.h>

struct nameset {
	char **slots;
	size_t cap, used;
};

void nameset_add(struct nameset *s, const char *name, size_t len);
void nameset_remove(struct nameset *s, const char *name, size_t len);
bool nameset_has(const struct nameset *s, const char *name, size_t len);
void nameset_clear(struct nameset *s);

#endif
