/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/tar.h"
#include "tap.h"

struct stream {
	struct archive *out;
	char data[16384];
	size_t used, at;
};

static void begin(struct stream *s)
{
	*s = (struct stream){.out = archive_write_new()};
	archive_write_set_format_pax(s->out);
	archive_write_open_memory(s->out, s->data, sizeof(s->data), &s->used);
}

static void add(struct stream *s, const char *name, mode_t type)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_mode(e, type | 0755);
	archive_entry_set_mtime(e, 1, 500);
	need(archive_write_header(s->out, e) == ARCHIVE_OK);
	archive_entry_free(e);
}

static ssize_t give(void *ctx, void *buf, size_t len)
{
	struct stream *s = ctx;
	size_t n = s->used - s->at < len ? s->used - s->at : len;

	memcpy(buf, s->data + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

static ssize_t break_off(void *ctx UNUSED, void *buf UNUSED, size_t len UNUSED)
{
	return -1;
}

static bool is_empty(struct stream *s)
{
	archive_write_free(s->out);
	return tar_is_empty(give, s);
}

TEST(a_stream_of_nothing_or_of_the_directory_alone_is_empty)
{
	struct stream s;

	begin(&s);
	ok(is_empty(&s));
	begin(&s);
	add(&s, "./", AE_IFDIR);
	ok(is_empty(&s));
	begin(&s);
	add(&s, ".", AE_IFDIR);
	ok(is_empty(&s));
}

TEST(any_member_more_and_it_is_not)
{
	struct stream s;

	begin(&s);
	add(&s, "./", AE_IFDIR);
	add(&s, "./f", AE_IFREG);
	ok(!is_empty(&s));
	begin(&s);
	add(&s, "d", AE_IFDIR);
	ok(!is_empty(&s));
	begin(&s);
	add(&s, ".hidden", AE_IFREG);
	ok(!is_empty(&s));
}

TEST(a_broken_stream_has_no_member)
{
	ok(tar_is_empty(break_off, NULL));
}

TAP_MAIN()
