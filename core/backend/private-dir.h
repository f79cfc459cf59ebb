/* SPDX-License-Identifier: MIT */
/* Directories that belong to one plugin of one user: mode 0700.
 *
 *	cache    $XDG_CACHE_HOME/cirrus/backends/NAME
 *	state    $XDG_STATE_HOME/cirrus/backends/NAME
 *	runtime  $XDG_RUNTIME_DIR/cirrus/NAME
 *
 * with the usual places in HOME where the variables are not set.  Where there
 * is no home that can be written to, as in many containers, or no runtime
 * directory, all below $TMPDIR/cirrus-UID, if that is ours alone. */
#ifndef CIRRUS_BACKEND_PRIVATE_DIR_H
#define CIRRUS_BACKEND_PRIVATE_DIR_H

#include "base/arena.h"
#include "base/error.h"

enum private_dir { PRIVATE_CACHE, PRIVATE_STATE, PRIVATE_RUNTIME };

/* The path, made if need be; in the arena. */
const char *private_dir(enum private_dir which, const char *backend,
			struct arena *a, struct error **err) MUST_CHECK;

#endif
