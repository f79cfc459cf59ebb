/* SPDX-License-Identifier: MIT */
/* Docker's own client, where it is installed: the only one that can ask an engine
 * for a build by BuildKit, whose protocol is no part of the engine's API. */
#ifndef CIRRUS_DOCKER_CLIENT_H
#define CIRRUS_DOCKER_CLIENT_H

#include <cirrus/backend.h>
#include <stdbool.h>

#include "base/strv.h"

enum client_builder {
	CLIENT_NONE,
	CLIENT_BUILDX, /* `docker buildx build`: its plugin is there */
	CLIENT_BUILTIN /* `docker build` with DOCKER_BUILDKIT=1: before 23 */
};

struct client {
	char *program;
	enum client_builder builder;
	struct strv globals; /* options that say which engine */
	char *runtime_dir;
};

/* What there is, and how it finds the engine that this configuration names.
 * Looks at files; only a client that has not been seen before is run once. */
struct client *client_new(const struct cirrus_call *call,
			  const struct cirrus_config *config);
void client_free(struct client *c);

/* A directory for DOCKER_CONFIG that has what the user's own has, and what the
 * host gave for these registries; NULL: it gave nothing, or a warning told why
 * there is none.  To be removed with dir_remove, and freed. */
char *client_config(const struct client *c, const struct cirrus_call *call,
		    const char *const *registries);

#endif
