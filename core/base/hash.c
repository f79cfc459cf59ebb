/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

static const char digits[] = "0123456789abcdef";

static void to_hex(char *out, const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		*out++ = digits[data[i] >> 4];
		*out++ = digits[data[i] & 15];
	}
	*out = '\0';
}

/* Opaque outside: really an EVP_MD_CTX. */
struct hash *hash_new(enum hash_kind kind)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx ||
	    EVP_DigestInit_ex(ctx, kind == HASH_MD5 ? EVP_md5() : EVP_sha256(),
			      NULL) != 1) {
		fputs("cirrus: libcrypto has no such digest\n", stderr);
		abort();
	}
	return (struct hash *)ctx;
}

void hash_add(struct hash *h, const void *data, size_t len)
{
	EVP_DigestUpdate((EVP_MD_CTX *)h, data, len);
}

const char *hash_end(struct hash *h, char out[HASH_TEXT])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	EVP_DigestFinal_ex((EVP_MD_CTX *)h, md, &n);
	EVP_MD_CTX_free((EVP_MD_CTX *)h);
	to_hex(out, md, n < 32 ? n : 32);
	return out;
}

const char *hash_of(enum hash_kind kind, const void *data, size_t len,
		    char out[HASH_TEXT])
{
	struct hash *h = hash_new(kind);

	hash_add(h, data, len);
	return hash_end(h, out);
}

void random_hex(char *out, size_t len)
{
	unsigned char raw[64];

	if (len > sizeof(raw) || RAND_bytes(raw, (int)len) != 1) {
		fputs("cirrus: no random bytes to be had\n", stderr);
		abort();
	}
	to_hex(out, raw, len);
}
