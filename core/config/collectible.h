/* SPDX-License-Identifier: MIT */
/* Keys that are looked up on the task and on the root. */
#ifndef CIRRUS_CONFIG_COLLECTIBLE_H
#define CIRRUS_CONFIG_COLLECTIBLE_H

#include "config/parser.h"

/* The collectible with this key, or -1. */
int collectible_find(const char *key);
bool collectible_is_instance(enum collectible c);
/* Takes what d->collected[c] says into the task. */
int collectible_parse(struct draft *d, enum collectible c);

#endif
