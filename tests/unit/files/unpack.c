/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/archive.h"
#include "files/unpack.h"
#include "tap.h"

static void pack(struct buf *tar, const char *text, size_t len)
{
	struct archive_source *a = archive_source_new();
	char chunk[700];
	int64_t n;

	archive_source_directory(a, "dir", 0755);
	if (text)
		archive_source_file(a, "dir/file", text, len, 0644);
	while ((n = archive_source_read(a, chunk, sizeof(chunk))) > 0)
		buf_add(tar, chunk, (size_t)n);
	ok_int(n, 0);
	archive_source_free(a);
}

static void check_round_trip(const char *text, size_t len)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	pack(&tar, text, len);
	ok_int(unpack_file(tar.data, tar.len, &out, &err), 0);
	ok_int(out.len, len);
	ok(len == 0 || memcmp(out.data, text, len) == 0);
}

TEST(a_file_comes_out_as_it_went_in)
{
	check_round_trip("A=1\nB=2\n", 8);
}

TEST(an_empty_file_is_empty)
{
	check_round_trip("", 0);
}

TEST(a_large_file_with_a_nul_comes_out_whole)
{
	size_t len = 100003;
	AUTO_FREE char *text = xmalloc(len);

	memset(text, 'x', len);
	text[4711] = '\0';
	check_round_trip(text, len);
}

TEST(an_archive_of_directories_is_an_error)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	pack(&tar, NULL, 0);
	ok_int(unpack_file(tar.data, tar.len, &out, &err), -1);
	ok_str(err->msg, "no file in an archive");
}

TEST(an_archive_that_breaks_off_is_an_error)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	pack(&tar, "0123456789", 10);
	/* two headers, and not all of the data */
	ok_int(unpack_file(tar.data, 1024 + 4, &out, &err), -1);
	ok(err != NULL);
}

TEST(a_file_above_the_limit_is_an_error)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(4);
	AUTO_ERROR struct error *err = NULL;

	pack(&tar, "0123456789", 10);
	ok_int(unpack_file(tar.data, tar.len, &out, &err), -1);
	ok_int(err->code, ERR_LIMIT);
}

TAP_MAIN()
