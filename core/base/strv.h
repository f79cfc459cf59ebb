/* SPDX-License-Identifier: MIT */
/* A growable vector of strings that it owns, always ended by a NULL, so that
 * .v is an argv at any time.  A zeroed struct is an empty vector whose .v is
 * NULL until the first string comes. */
#ifndef CIRRUS_BASE_STRV_H
#define CIRRUS_BASE_STRV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct strv {
	char **v;
	size_t len, cap;
};

void strv_push(struct strv *s, const char *str); /* copies */
void strv_push_steal(struct strv *s, char *str); /* takes over */
void strv_pushf(struct strv *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void strv_remove(struct strv *s, size_t at);
bool strv_contains(const struct strv *s, const char *str);
/* The pieces of text between separators; empty pieces are kept.  The separator
 * '\0' makes one piece of it. */
void strv_split(struct strv *s, const char *text, char separator);
void strv_clear(struct strv *s);

#define AUTO_STRV __attribute__((__cleanup__(strv_clear)))

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

#endif
