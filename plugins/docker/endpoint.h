/* SPDX-License-Identifier: MIT */
/* Finds the Docker engine as Docker's own client would.  In this order, the
 * first that is there counts:
 *
 *   the plugin's options: host, context
 *   $DOCKER_HOST
 *   $DOCKER_CONTEXT, then currentContext of config.json: a context's meta.json
 *	and its TLS files, below contexts/ in the directory of config.json
 *   the default socket
 *
 * A host that is named without a context takes TLS from $DOCKER_TLS_VERIFY,
 * $DOCKER_TLS and $DOCKER_CERT_PATH.  See docker(1), docker-context(1). */
#ifndef CIRRUS_DOCKER_ENDPOINT_H
#define CIRRUS_DOCKER_ENDPOINT_H

#include <cirrus/backend.h>

#include "sdk/lib/endpoint.h"

/* Fills a zeroed *out; connects to nothing. */
int docker_endpoint(const struct cirrus_config *config, struct endpoint *out,
		    struct error **err) MUST_CHECK;

/* The options with which Docker's client takes the same engine. */
void docker_client_options(const struct cirrus_config *config,
			   struct strv *argv);
/* Where it keeps what it remembers, for free(). */
char *docker_config_dir(void);

#endif
