/* SPDX-License-Identifier: MIT */
#ifndef CIRRUS_STORE_CACHE_DIR_H
#define CIRRUS_STORE_CACHE_DIR_H

#include "store/cache.h"

/* Makes the directory where it is not there yet. */
int cache_dir_make(struct cache_dir *d, struct error **err) MUST_CHECK;

#endif
