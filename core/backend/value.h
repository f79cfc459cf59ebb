/* SPDX-License-Identifier: MIT */
/* The value of a plugin's option: text of the type that its table states, or
 * an error that says what would be. */
#ifndef CIRRUS_BACKEND_VALUE_H
#define CIRRUS_BACKEND_VALUE_H

#include <cirrus/backend.h>

#include "base/arena.h"
#include "base/error.h"

/* The value as the plugin gets it, in the arena: "true" or "false" for a BOOL
 * however it was written; otherwise the text itself.  NULL with *err set where
 * the type or the choices do not allow it. */
const char *value_check(const struct cirrus_option *option, const char *text,
			struct arena *a, struct error **err) MUST_CHECK;

#endif
