/* SPDX-License-Identifier: MIT */
/* The digests are those of RFC 1321 and FIPS 180-2. */
#include "config.h"

#include "base/hash.h"

#include "tap.h"

TEST(known_digests)
{
	char out[HASH_TEXT];

	ok_str(hash_of(HASH_SHA256, "abc", 3, out),
	       "ba7816bf8f01cfea414140de5dae2223"
	       "b00361a396177a9cb410ff61f20015ad");
	ok_str(hash_of(HASH_SHA256, "", 0, out),
	       "e3b0c44298fc1c149afbf4c8996fb924"
	       "27ae41e4649b934ca495991b7852b855");
	ok_str(hash_of(HASH_MD5, "abc", 3, out),
	       "900150983cd24fb0d6963f7d28e17f72");
}

TEST(pieces_make_the_digest_of_the_whole)
{
	char out[HASH_TEXT], want[HASH_TEXT], data[1000];
	struct hash *h = hash_new(HASH_SHA256);

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)i;
	for (size_t at = 0; at < sizeof(data); at += 100)
		hash_add(h, data + at, 100);
	ok_str(hash_end(h, out),
	       hash_of(HASH_SHA256, data, sizeof(data), want));
}

TEST(random_text_has_its_length_and_differs)
{
	char a[33], b[33];

	random_hex(a, 16);
	random_hex(b, 16);
	ok_int(strlen(a), 32);
	ok_int(strspn(a, "0123456789abcdef"), 32);
	ok(strcmp(a, b) != 0);
}

TAP_MAIN()
