/* SPDX-License-Identifier: MIT */
/* An HTTP cache that somebody else runs: GET, HEAD and POST of /KEY. */
#ifndef CIRRUS_NET_HTTP_STORE_H
#define CIRRUS_NET_HTTP_STORE_H

#include <stdint.h>

#include "base/error.h"

struct http_store {
	const char *host;    /* "cache.example.org:8080", or with http:// */
	int cancel_fd;       /* or -1 */
	int64_t deadline_ns; /* or 0 */
};

/* 1: the entry is there (get: and in fd, *size bytes of it); 0: it is not; -1:
 * nobody knows. */
int http_store_get(const struct http_store *s, const char *key, int fd,
		   int64_t *size, struct error **err) MUST_CHECK;
int http_store_has(const struct http_store *s, const char *key,
		   struct error **err) MUST_CHECK;
int http_store_put(const struct http_store *s, const char *key, int fd,
		   int64_t size, struct error **err) MUST_CHECK;

#endif
