/* SPDX-License-Identifier: MIT */
/* The lines of a script. */
#ifndef CIRRUS_CONFIG_SCRIPT_H
#define CIRRUS_CONFIG_SCRIPT_H

#include "config/parser.h"

/* A text, split into lines, or a list of texts, `ps:` entries and commands that
 * YAML took for maps ("echo: x"). */
int script_parse(struct draft *d, const struct node *n,
		 const char *const **lines);

#endif
