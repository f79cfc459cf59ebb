/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/url.h"

#include <stdbool.h>
#include <string.h>

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

static void quote(struct buf *out, const char *text, char also)
{
	for (; *text; text++) {
		if (is_plain(*text) || *text == also)
			buf_addc(out, *text);
		else
			buf_addf(out, "%%%02X", (unsigned char)*text);
	}
}

void url_quote(struct buf *out, const char *text)
{
	quote(out, text, '-');
}

void url_quote_path(struct buf *out, const char *text)
{
	quote(out, text, '/');
}

void url_query(struct buf *out, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	buf_addc(out, strchr(out->data, '?') ? '&' : '?');
	url_quote(out, key);
	buf_addc(out, '=');
	url_quote(out, value);
}
