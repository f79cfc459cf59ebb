/* SPDX-License-Identifier: MIT */
/* The hidden entrance through which a plugin gets a fresh, single-threaded
 * process of its own: cirrus plugin-helper NAME-OR-PATH ARGS...
 * backend_helper_main (backend.h) is its other end. */
#ifndef CIRRUS_BACKEND_HELPER_H
#define CIRRUS_BACKEND_HELPER_H

#include "backend/loader.h"
#include "base/arena.h"

/* The argv prefix that ends in the plugin's helper; NULL where it has none, or
 * where we cannot find ourselves. */
const char *const *helper_argv(const struct backend *b, struct arena *a);

#endif
