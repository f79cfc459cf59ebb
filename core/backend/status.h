/* SPDX-License-Identifier: MIT */
/* The contract's status codes and capabilities, as the rest of the core and
 * people know them. */
#ifndef CIRRUS_BACKEND_STATUS_H
#define CIRRUS_BACKEND_STATUS_H

#include "backend/backend.h"

/* What we do not know, or what is no status at all, is FAILED. */
cirrus_status status_known(cirrus_status s);
enum error_code status_error_code(cirrus_status s);
/* What to try where the plugin has no idea of its own, or NULL. */
const char *status_hint(cirrus_status s);

/* What a capability is, as the object of "cannot": "copy-on-write mounts". */
const char *capability_text(unsigned int capability);

#endif
