/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"

#include "tap.h"

TEST(starts_empty_and_terminated)
{
	AUTO_BUF struct buf b = BUF_INIT(10);

	ok_int(b.len, 0);
	ok_str(b.data, "");
}

TEST(adds_up_to_its_cap_and_not_beyond)
{
	AUTO_BUF struct buf b = BUF_INIT(5);

	ok_int(buf_adds(&b, "abc"), 0);
	ok_int(buf_adds(&b, "def"), -1);
	ok(b.overflow);
	ok_str(b.data, "abc");
	ok_int(buf_adds(&b, "de"), 0);
	ok_str(b.data, "abcde");
}

TEST(formats_at_the_end)
{
	AUTO_BUF struct buf b = BUF_INIT(100);

	ok_int(buf_addf(&b, "%d-%s", 7, "x"), 0);
	ok_int(buf_addf(&b, ":%c", 'y'), 0);
	ok_str(b.data, "7-x:y");
}

TEST(holds_bytes_of_any_value)
{
	AUTO_BUF struct buf b = BUF_INIT(100);

	ok_int(buf_add(&b, "a\0b", 3), 0);
	ok_mem(b.data, b.len, "a\0b", 3);
}

/* A shadow array tells what the contents must be. */
TEST(agrees_with_a_shadow_under_random_operations)
{
	AUTO_BUF struct buf b = BUF_INIT(4096);
	static char shadow[4096 + 512];
	size_t len = 0;

	srand(42);
	for (int i = 0; i < 20000; i++) {
		size_t n = (size_t)rand() % 300;
		char piece[300];

		memset(piece, 'a' + i % 26, sizeof(piece));
		switch (rand() % 4) {
		case 0:
		case 1:
			if (len + n <= 4096) {
				memcpy(shadow + len, piece, n);
				len += n;
				ok_int(buf_add(&b, piece, n), 0);
			} else {
				ok_int(buf_add(&b, piece, n), -1);
				b.overflow = false;
			}
			break;
		case 2:
			n = n < len ? n : len;
			memmove(shadow, shadow + n, len - n);
			len -= n;
			buf_consume(&b, n);
			break;
		case 3:
			n = n < len ? len - n : 0;
			len = n;
			buf_truncate(&b, n);
			break;
		}
		need(b.len == len && b.data[len] == '\0');
	}
	ok_mem(b.data, b.len, shadow, len);
}

TEST(gives_its_contents_away)
{
	AUTO_BUF struct buf b = BUF_INIT(100);
	char *s;

	buf_adds(&b, "mine");
	s = buf_steal(&b);
	ok_str(s, "mine");
	ok_str(b.data, "");
	free(s);
	s = buf_steal(&b);
	ok_str(s, "");
	free(s);
}

TAP_MAIN()
