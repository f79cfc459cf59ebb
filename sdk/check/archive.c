/* SPDX-License-Identifier: MIT */
/* Archives in memory, and the callbacks that move them. */
#include "config.h"

#include "check.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <sys/stat.h>

static la_ssize_t write_buf(struct archive *a, void *buf, const void *data,
			    size_t len)
{
	(void)a;
	return buf_add(buf, data, len) < 0 ? -1 : (la_ssize_t)len;
}

static void fill_entry(struct archive_entry *ae, const struct entry *e)
{
	archive_entry_set_pathname(ae, e->name);
	archive_entry_set_filetype(ae, e->type ? e->type : S_IFREG);
	archive_entry_set_perm(ae, e->mode ? e->mode : 0644);
	archive_entry_set_mtime(ae, e->mtime ? e->mtime : 1000000000, 0);
	archive_entry_set_uid(ae, e->uid);
	archive_entry_set_gid(ae, e->gid);
	archive_entry_set_size(ae, e->hardlink ? 0 : (la_int64_t)e->len);
	if (e->symlink)
		archive_entry_set_symlink(ae, e->symlink);
	if (e->hardlink)
		archive_entry_set_hardlink(ae, e->hardlink);
}

void tar_make(struct buf *tar, const struct entry *e, size_t n)
{
	struct archive *a = archive_write_new();

	archive_write_set_format_pax_restricted(a);
	archive_write_set_bytes_per_block(a, 0);
	archive_write_open(a, tar, NULL, write_buf, NULL);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *ae = archive_entry_new();

		fill_entry(ae, &e[i]);
		if (archive_write_header(a, ae) < ARCHIVE_WARN)
			abort();
		if (e[i].len)
			archive_write_data(a, e[i].data, e[i].len);
		archive_entry_free(ae);
	}
	archive_write_close(a);
	archive_write_free(a);
}

static void fill_found(struct found *f, struct archive *a,
		       struct archive_entry *ae)
{
	f->present = true;
	f->name = xstrdup(archive_entry_pathname(ae));
	f->symlink = xstrdup_or_null(archive_entry_symlink(ae));
	f->hardlink = xstrdup_or_null(archive_entry_hardlink(ae));
	f->e = (struct entry){.name = f->name,
			      .type = archive_entry_filetype(ae),
			      .mode = archive_entry_perm(ae),
			      .mtime = archive_entry_mtime(ae),
			      .uid = (unsigned)archive_entry_uid(ae),
			      .gid = (unsigned)archive_entry_gid(ae),
			      .symlink = f->symlink,
			      .hardlink = f->hardlink};
	for (;;) {
		char *room = buf_room(&f->data, 65536);
		la_ssize_t n = room ? archive_read_data(a, room, 65536) : 0;

		if (n <= 0)
			break;
		buf_grown(&f->data, (size_t)n);
	}
	f->e.data = f->data.data;
	f->e.len = f->data.len;
}

/* Without "./" in front and "/" behind. */
static bool same_name(const char *got, const char *wanted)
{
	size_t len;

	while (strncmp(got, "./", 2) == 0)
		got += 2;
	len = strlen(got);
	while (len && got[len - 1] == '/')
		len--;
	return len == strlen(wanted) && memcmp(got, wanted, len) == 0;
}

static struct archive *open_tar(struct t *t, const struct buf *tar)
{
	struct archive *a = archive_read_new();

	archive_read_support_format_tar(a);
	if (archive_read_open_memory(a, tar->data, tar->len) != ARCHIVE_OK)
		failed(t, "not a tar archive: %s", archive_error_string(a));
	return a;
}

static bool next(struct archive *a, struct archive_entry **ae)
{
	int r = archive_read_next_header(a, ae);

	return r == ARCHIVE_OK || r == ARCHIVE_WARN;
}

struct found tar_find(struct t *t, const struct buf *tar, const char *name)
{
	struct archive *a = open_tar(t, tar);
	struct archive_entry *ae;
	struct found f = {.data = BUF_INIT(BUF_FILE)};

	while (!f.present && next(a, &ae))
		if (same_name(archive_entry_pathname(ae), name))
			fill_found(&f, a, ae);
	archive_read_free(a);
	return f;
}

void found_clear(struct found *f)
{
	free(f->name);
	free(f->symlink);
	free(f->hardlink);
	buf_clear(&f->data);
}

/* --- callbacks ---------------------------------------------------------------------- */

static int64_t source_read(void *ctx, void *buf, size_t len)
{
	struct source *s = ctx;
	size_t n = s->len - s->given;

	s->calls++;
	n = n < len ? n : len;
	if (s->chunk && n > s->chunk)
		n = s->chunk;
	memcpy(buf, s->data + s->given, n);
	s->given += n;
	return (int64_t)n;
}

struct cirrus_reader source_reader(struct source *s)
{
	return (struct cirrus_reader){s, source_read};
}

static cirrus_status target_write(void *ctx, int32_t stream, const void *data,
				  size_t len)
{
	struct target *w = ctx;

	w->calls++;
	if (!w->first_ns)
		w->first_ns = clock_now();
	w->last_ns = clock_now();
	if (w->fail_after && w->got >= w->fail_after) {
		w->calls_after_failing++;
		return CIRRUS_E_IO;
	}
	w->got += len;
	buf_add(stream == CIRRUS_STDERR ? &w->err : &w->out, data, len);
	return CIRRUS_OK;
}

struct cirrus_writer target_writer(struct target *w)
{
	return (struct cirrus_writer){w, target_write};
}

void target_init(struct target *w, size_t max)
{
	*w = (struct target){0};
	buf_init(&w->out, max);
	buf_init(&w->err, max);
}

void target_clear(struct target *w)
{
	buf_clear(&w->out);
	buf_clear(&w->err);
}

cirrus_status copy_in(struct call *call, struct box *b, const char *dir,
		      const struct buf *tar)
{
	struct source s = {.data = tar->data, .len = tar->len};
	struct cirrus_reader r = source_reader(&s);
	struct cirrus_copy_spec spec = {.struct_size = sizeof(spec),
					.size_bytes = (int64_t)tar->len,
					.dir = dir};

	return ON_IT(call, b->it[0], instance_copy_in, &spec, &r);
}

cirrus_status copy_out(struct call *call, struct box *b, const char *dir,
		       const char *const *paths, struct target *w)
{
	struct cirrus_writer writer = target_writer(w);
	struct cirrus_copy_spec spec = {
		.struct_size = sizeof(spec), .dir = dir, .paths = paths};

	return ON_IT(call, b->it[0], instance_copy_out, &spec, &writer);
}
