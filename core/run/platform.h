/* SPDX-License-Identifier: MIT */
/* The platform a container asks for, in the words of the ABI. */
#ifndef CIRRUS_RUN_PLATFORM_H
#define CIRRUS_RUN_PLATFORM_H

#include "backend/backend.h"
#include "model/task.h"

const char *platform_os(enum platform p);
const char *platform_arch(enum architecture a);

/* The engine's own. */
enum architecture platform_native(const struct conn *conn);

struct platform_spec {
	struct cirrus_platform platform;
};
/* NULL where what is asked for is what the engine is anyway. */
const struct cirrus_platform *platform_spec(struct platform_spec *store,
					    const struct conn *conn,
					    const struct container *c);

#endif
