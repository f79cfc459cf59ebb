/* SPDX-License-Identifier: MIT */
/* Digests, from libcrypto, as lower-case hexadecimal text. */
#ifndef CIRRUS_BASE_HASH_H
#define CIRRUS_BASE_HASH_H

#include <stddef.h>

enum hash_kind { HASH_SHA256, HASH_MD5 };
#define HASH_TEXT 65 /* the longest digest as text, with its NUL */

struct hash;
struct hash *hash_new(enum hash_kind kind);
void hash_add(struct hash *h, const void *data, size_t len);
/* Writes the digest and frees h. */
const char *hash_end(struct hash *h, char out[HASH_TEXT]);

const char *hash_of(enum hash_kind kind, const void *data, size_t len,
		    char out[HASH_TEXT]);

/* len random bytes that nobody can guess, as 2 * len hexadecimal digits and a
 * NUL; aborts where the machine has none to give. */
void random_hex(char *out, size_t len);

#endif
