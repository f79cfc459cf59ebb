/* SPDX-License-Identifier: MIT */
/* The boots of this machine that cirrus has seen: what carries the id of an
 * earlier one was certainly made by a process that is gone.
 *
 * Kept per user in the state directory, which machines may share: each line
 * names its machine. */
#ifndef CIRRUS_STORE_BOOTS_H
#define CIRRUS_STORE_BOOTS_H

#include "base/strv.h"

/* Adds the earlier boots of the machine called `host` to out, oldest first, and
 * makes sure that `current` is known from now on.  Best effort: what cannot be
 * read or written is as good as not there. */
void boots_load(const char *host, const char *current, struct strv *out);

#endif
