/* SPDX-License-Identifier: MIT */
/* Where an engine's API is to be reached: exactly one of a unix socket, a TCP
 * port (with or without TLS), or a command that carries the connection on its
 * standard input and output (ssh). */
#ifndef CIRRUS_SDK_ENDPOINT_H
#define CIRRUS_SDK_ENDPOINT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strv.h"

struct endpoint {
	char *url; /* for messages: as a person would write it */

	char *unix_path;
	char *host;            /* "name:port" */
	struct strv dial_argv; /* one process for each connection */

	/* TLS, for host only. */
	bool tls;
	bool insecure;         /* do not verify the engine's certificate */
	char *ca, *cert, *key; /* PEM files; NULL: the system's, none */

	/* What to try where nothing answers, and where TLS fails or is missing;
	 * static, or NULL. */
	const char *start_hint, *tls_hint;
};

void endpoint_clear(struct endpoint *e); /* leaves a zeroed struct */
#define AUTO_ENDPOINT __attribute__((__cleanup__(endpoint_clear)))

/* Fills a zeroed *e from unix://PATH, a bare /PATH, tcp://HOST[:PORT],
 * http://..., https://... (TLS), or ssh://[USER@]HOST[:PORT][/PATH].  For ssh
 * the remote end runs `client system dial-stdio`, told with `path_option` which
 * socket PATH is, as the engine's own client would do. */
struct endpoint_client {
	const char *name;        /* "docker", "podman" */
	const char *path_option; /* "--host", "--url" */
};
int endpoint_parse(const char *url, const struct endpoint_client *client,
		   struct endpoint *e, struct error **err) MUST_CHECK;
/* Gives a TCP host without port its port, once it is known whether there is
 * TLS: 2376 with, 2375 without. */
void endpoint_finish(struct endpoint *e);

/* Adds to *err what a person can do about a connection that failed with
 * errnum: whose group may open the socket, how the engine is started, which
 * command has to work. */
int endpoint_hint(const struct endpoint *e, int errnum, struct error **err);

#endif
