/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/pax.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool pax_next(const char *at, const char *end, struct pax_record *r)
{
	const char *equals;
	char *text;
	size_t len;

	if (at >= end)
		return false;
	len = strtoul(at, &text, 10);
	if (len > (size_t)(end - at) || *text != ' ' || at + len <= text + 1)
		return false;
	r->key = text + 1;
	r->next = at + len;
	equals = memchr(r->key, '=', (size_t)(r->next - r->key));
	if (!equals)
		return false;
	r->key_len = (size_t)(equals - r->key);
	r->value = equals + 1;
	r->value_len = (size_t)(r->next - 1 - r->value);
	return true;
}

bool pax_is(const struct pax_record *r, const char *key)
{
	return r->key_len == strlen(key) &&
	       memcmp(r->key, key, r->key_len) == 0;
}

bool pax_find(const struct buf *b, const char *key, struct pax_record *r)
{
	const char *at = b->data, *end = b->data + b->len;
	bool found = false;

	while (pax_next(at, end, r)) {
		if (pax_is(r, key)) {
			found = true;
			break;
		}
		at = r->next;
	}
	return found;
}

/* The number at the front counts itself. */
void pax_add(struct buf *out, const char *key, const char *value, size_t len)
{
	size_t rest = strlen(key) + len + 3; /* blank, equals, line end */
	size_t total = rest + 1;
	char digits[24];

	while (rest + (size_t)snprintf(digits, sizeof(digits), "%zu", total) !=
	       total)
		total++;
	buf_addf(out, "%zu %s=", total, key);
	buf_add(out, value, len);
	buf_addc(out, '\n');
}
