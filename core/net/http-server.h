/* SPDX-License-Identifier: MIT */
/* The HTTP cache that tasks see: GET, HEAD, PUT and POST of /SECRET/KEY, blobs of
 * the project's caches.  Whoever does not know the secret gets nothing. */
#ifndef CIRRUS_NET_HTTP_SERVER_H
#define CIRRUS_NET_HTTP_SERVER_H

#include "base/error.h"
#include "store/cache.h"

struct http_server;
/* Serves on a socket at `path` until freed; a socket that nobody answers at any
 * more is replaced. */
int http_server_new(struct cache_dir *caches, const char *path,
		    const char *secret, struct http_server **out,
		    struct error **err) MUST_CHECK;
void http_server_free(struct http_server *s); /* NULL is fine */

#endif
