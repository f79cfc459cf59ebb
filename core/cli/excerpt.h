/* SPDX-License-Identifier: MIT */
/* The lines of a text around a place in it, with a caret below the place. */
#ifndef CIRRUS_CLI_EXCERPT_H
#define CIRRUS_CLI_EXCERPT_H

#include "base/buf.h"
#include "model/node.h"

/* Adds up to two lines before the place and the line itself, of long lines only
 * the part around the place; nothing where the text has no such line. */
void excerpt_add(struct buf *to, const char *text, struct position at);

#endif
