/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "files/tar.h"

#define CHUNK  (256u * 1024)
#define RACY_S 2

struct extract {
	int fd;
	int64_t at, size; /* of the compressed archive */
	const struct member_rules *rules;
	struct manifest *seen;
	struct member_set *set;
	struct archive *in, *out;
	struct archive_entry *entry;
	int64_t began_s;
	int64_t left, done; /* of the contents under way; left < 0: none */
	bool ended;
	char *chunk;
	char *to; /* the reader's buffer, which is filled first */
	size_t to_len;
	char *made; /* what it had no room for */
	size_t made_at, made_len, made_cap;
	struct error *err;
};

/* --- the two ends ------------------------------------------------------------- */

static la_ssize_t on_read(struct archive *in, void *ctx, const void **data)
{
	struct extract *x = ctx;
	int64_t left = x->size - x->at;
	size_t want = left < (int64_t)CHUNK ? (size_t)left : CHUNK;
	ssize_t n;

	do
		n = pread(x->fd, x->chunk, want, x->at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		archive_set_error(in, errno, "%s", strerror(errno));
	else
		x->at += n;
	*data = x->chunk;
	return n;
}

static void keep(struct extract *x, const char *data, size_t len)
{
	if (x->made_len + len > x->made_cap) {
		x->made_cap = (x->made_len + len) * 2;
		x->made = xreallocarray(x->made, x->made_cap, 1);
	}
	memcpy(x->made + x->made_len, data, len);
	x->made_len += len;
}

static la_ssize_t on_write(struct archive *out UNUSED, void *ctx,
			   const void *data, size_t len)
{
	struct extract *x = ctx;
	size_t n = len < x->to_len ? len : x->to_len;

	if (n > 0) {
		memcpy(x->to, data, n);
		x->to += n;
		x->to_len -= n;
	}
	if (len > n)
		keep(x, (const char *)data + n, len - n);
	return (la_ssize_t)len;
}

static void open_in(struct extract *x)
{
	archive_read_support_format_tar(x->in);
	/* ours, and what an HTTP cache may have been given by others */
	archive_read_support_filter_zstd(x->in);
	archive_read_support_filter_gzip(x->in);
	if (archive_read_open(x->in, x, NULL, on_read, NULL) != ARCHIVE_OK)
		error_set(&x->err, ERR_SYSTEM, "the archive is damaged: %s",
			  archive_error_string(x->in));
}

struct extract *extract_new(int fd, int64_t size,
			    const struct member_rules *rules,
			    struct manifest *seen)
{
	struct extract *x = xcalloc(1, sizeof(*x));

	x->fd = fd;
	x->size = size;
	x->rules = rules;
	x->seen = seen;
	x->set = member_set_new();
	x->left = -1;
	x->began_s = clock_epoch() / NS_PER_S;
	x->chunk = xmalloc(CHUNK);
	x->entry = archive_entry_new();
	x->in = archive_read_new();
	x->out = archive_write_new();
	archive_write_set_format_gnutar(x->out);
	archive_write_set_bytes_per_block(x->out, 0);
	archive_write_open(x->out, x, NULL, on_write, NULL);
	open_in(x);
	return x;
}

void extract_free(struct extract *x)
{
	if (!x)
		return;
	archive_read_free(x->in);
	archive_write_free(x->out);
	archive_entry_free(x->entry);
	member_set_free(x->set);
	free(x->chunk);
	free(x->made);
	error_free(x->err);
	free(x);
}

const struct error *extract_error(const struct extract *x)
{
	return x->err;
}

/* --- members -------------------------------------------------------------------- */

static int put_header(struct extract *x, const char *name)
{
	if (archive_write_header(x->out, x->entry) < ARCHIVE_WARN)
		return error_set(&x->err, ERR_SYSTEM, "cannot extract %s: %s",
				 name, archive_error_string(x->out));
	return 0;
}

static int put_directory(struct extract *x, const char *name)
{
	archive_entry_clear(x->entry);
	archive_entry_set_pathname(x->entry, *name ? name : "./");
	archive_entry_set_mode(x->entry, S_IFDIR | 0755);
	archive_entry_set_mtime(x->entry, time(NULL), 0);
	member_set_put(x->set, name, S_IFDIR);
	return put_header(x, name);
}

/* Each directory from the folder down to where the member lies is one that the
 * archive made: what it has not made so far is made here. */
static int secure_way(struct extract *x, const char *name, size_t root)
{
	for (const char *slash = name + root; (slash = strchr(slash, '/'));
	     slash++) {
		AUTO_FREE char *dir = xstrndup(name, (size_t)(slash - name));
		mode_t type;

		type = member_set_get(x->set, dir);
		if (type == 0 && put_directory(x, dir) < 0)
			return -1;
		if (type != 0 && !S_ISDIR(type))
			return error_set(&x->err, ERR_SYSTEM,
					 "the archive reaches out of its "
					 "folder: %s is no directory",
					 dir);
	}
	return 0;
}

static void note(struct extract *x, const char *name, struct archive_entry *e,
		 const char *link)
{
	struct manifest_item item = {
		.path = (char *)name,
		.link = (char *)(link ? link : archive_entry_symlink(e)),
		.mode = archive_entry_mode(e),
		.size = archive_entry_size(e),
		.mtime_s = archive_entry_mtime(e),
		.racy = archive_entry_mtime(e) >= x->began_s - RACY_S};

	if (x->seen)
		manifest_add(x->seen, &item);
}

static int put(struct extract *x, const char *name, struct archive_entry *e,
	       const char *link)
{
	bool file = archive_entry_filetype(e) == AE_IFREG && !link;

	note(x, name, e, link);
	member_set_put(x->set, name,
		       link ? S_IFREG : archive_entry_filetype(e));
	tar_describe(x->entry, e, name, link);
	if (link)
		archive_entry_set_filetype(x->entry, AE_IFREG);
	if (put_header(x, name) < 0)
		return -1;
	if (file && archive_entry_size(e) > 0) {
		x->left = archive_entry_size(e);
		x->done = 0;
	}
	return 0;
}

static int refuse(struct extract *x, const char *name)
{
	return error_set(&x->err, ERR_SYSTEM,
			 "the archive reaches out of its folder: %s", name);
}

/* The one entry that is a folder itself may not be made something else. */
static bool is_sound(struct extract *x, const char *name, long root,
		     struct archive_entry *e, const char *link)
{
	if (root < 0)
		return false;
	if (link)
		return S_ISREG(member_set_get(x->set, link));
	return (size_t)root < strlen(name) || *name ||
	       archive_entry_filetype(e) == AE_IFDIR;
}

static int take(struct extract *x, struct archive_entry *e)
{
	AUTO_TAR_NAMES struct tar_names n;
	enum tar_member what = tar_member(e, &n);
	long root;

	if (what == TAR_LEADS_OUT)
		return refuse(x, tar_raw_name(e));
	if (what == TAR_OTHER)
		return 0;
	root = x->rules->root(x->rules->ctx, n.name);
	if (!is_sound(x, n.name, root, e, n.link))
		return refuse(x, n.name);
	if (secure_way(x, n.name, (size_t)root) < 0)
		return -1;
	return put(x, n.name, e, n.link);
}

/* Makes a little more of the stream. */
static int produce(struct extract *x)
{
	struct archive_entry *e;
	int r;

	if (x->left >= 0) {
		r = tar_copy_block(x->in, x->out, x->left, &x->done, NULL, NULL,
				   &x->err);
		if (r == 0)
			x->left = -1;
		return r < 0 ? -1 : 0;
	}
	r = tar_next(x->in, &e, &x->err);
	if (r > 0)
		return take(x, e);
	x->ended = true;
	if (r == 0 && archive_write_close(x->out) != ARCHIVE_OK)
		return error_set(&x->err, ERR_SYSTEM, "cannot extract: %s",
				 archive_error_string(x->out));
	return r;
}

static size_t take_made(struct extract *x, void *buf, size_t len)
{
	size_t n = x->made_len - x->made_at;

	n = n < len ? n : len;
	if (n > 0)
		memcpy(buf, x->made + x->made_at, n);
	x->made_at += n;
	if (x->made_at == x->made_len)
		x->made_at = x->made_len = 0;
	return n;
}

int64_t extract_read(void *ctx, void *buf, size_t len)
{
	struct extract *x = ctx;
	size_t n;
	int r = 0;

	if (x->err)
		return -1;
	n = take_made(x, buf, len);
	if (n > 0)
		return (int64_t)n;
	x->to = buf;
	x->to_len = len;
	while (x->to_len > 0 && !x->ended && r == 0)
		r = produce(x);
	n = len - x->to_len;
	x->to = NULL;
	x->to_len = 0;
	return r < 0 ? -1 : (int64_t)n;
}

int extract_look(int fd, int64_t size, const struct member_rules *rules,
		 struct manifest *seen, struct error **err)
{
	struct extract *x = extract_new(fd, size, rules, seen);
	AUTO_FREE char *waste = xmalloc(CHUNK);
	int64_t n;

	do
		n = extract_read(x, waste, CHUNK);
	while (n > 0);
	if (n < 0)
		error_set(err, ERR_CONFIG, "%s", extract_error(x)->msg);
	extract_free(x);
	return n < 0 ? -1 : 0;
}

/* --- digests --------------------------------------------------------------------- */

static int digest(struct extract *x, struct manifest_item *item,
		  struct error **err)
{
	struct hash *h = hash_new(HASH_SHA256);
	char text[HASH_TEXT];
	la_ssize_t n;

	while ((n = archive_read_data(x->in, x->made, CHUNK)) > 0)
		hash_add(h, x->made, (size_t)n);
	hash_end(h, text);
	if (n < 0)
		return error_set(err, ERR_SYSTEM, "the archive is damaged: %s",
				 archive_error_string(x->in));
	free(item->digest);
	item->digest = xstrdup(text);
	return 0;
}

int extract_digests(int fd, int64_t size, struct manifest *m,
		    bool (*wanted)(void *ctx, const struct manifest_item *item),
		    void *ctx, struct error **err)
{
	struct extract *x = extract_new(fd, size, &member_rules_all, NULL);
	struct archive_entry *e;
	int r = x->err ? -1 : 1;

	x->made = xreallocarray(x->made, CHUNK, 1);
	while (r > 0 && (r = tar_next(x->in, &e, &x->err)) > 0) {
		const char *raw = archive_entry_pathname(e);
		AUTO_FREE char *name = raw ? member_name(raw) : NULL;
		struct manifest_item *item =
			name ? manifest_find(m, name) : NULL;

		if (item && archive_entry_size(e) > 0 && wanted(ctx, item))
			r = digest(x, item, &x->err) < 0 ? -1 : 1;
	}
	if (r < 0)
		error_pass(err, &x->err, "cannot read the stored archive");
	extract_free(x);
	return r;
}
