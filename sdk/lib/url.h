/* SPDX-License-Identifier: MIT */
/* Paths of requests, quoted as RFC 3986 wants it.
 *
 *	AUTO_BUF struct buf u = BUF_INIT(BUF_LINE);
 *
 *	buf_addf(&u, "/v1.41/containers/%s/archive", id);
 *	url_query(&u, "path", dir);
 */
#ifndef CIRRUS_SDK_URL_H
#define CIRRUS_SDK_URL_H

#include "base/buf.h"

/* Adds text with everything but letters, digits and "-._~" as %XX. */
void url_quote(struct buf *out, const char *text);
/* The same for a part of a path in which slashes are meant ("library/debian"). */
void url_quote_path(struct buf *out, const char *text);
/* Adds ?key=value, or &key=value where there is a query already; value NULL or
 * "": nothing. */
void url_query(struct buf *out, const char *key, const char *value);

#endif
