/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "store/cache-entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "data/json.h"

/* A frame that every zstd skips: its magic number, the length of what follows,
 * JSON, then the length of the JSON and a mark, to be found from the end.
 * Numbers are little endian. */
#define FRAME_MAGIC 0x184d2a5cu
#define HEAD        8
#define FOOT        8
#define JSON_MAX    (4u * 1024 * 1024)
static const char mark[4] = {'C', 'I', 'R', '1'};

static const char *const kinds[] = {
	[CACHE_ARCHIVE] = "archive", [CACHE_BLOB] = "blob"};
static const char *const suffixes[] = {
	[CACHE_ARCHIVE] = ".tar.zst", [CACHE_BLOB] = ".blob"};

void cache_entry_clear(struct cache_entry *e)
{
	free(e->key);
	free(e->name);
	free(e->task);
	free(e->layout);
	free(e->file);
	*e = (struct cache_entry){0};
}

void cache_entries_clear_all(struct cache_entries *v)
{
	for (size_t i = 0; i < v->len; i++)
		cache_entry_clear(&v->ptr[i]);
	cache_entries_clear(v);
}

char *cache_entry_file(enum cache_kind kind, const char *key)
{
	char digest[HASH_TEXT];

	return xasprintf("%s%s", hash_of(HASH_SHA256, key, strlen(key), digest),
			 suffixes[kind]);
}

bool cache_entry_is_file(const char *name, enum cache_kind *kind)
{
	size_t digits = strspn(name, "0123456789abcdef");

	for (size_t i = 0; digits == 64 && i < ARRAY_LEN(suffixes); i++)
		if (strcmp(name + digits, suffixes[i]) == 0) {
			*kind = (enum cache_kind)i;
			return true;
		}
	return false;
}

/* --- writing ------------------------------------------------------------------ */

static void add_u32(struct buf *b, size_t n)
{
	for (int i = 0; i < 4; i++)
		buf_addc(b, (char)((n >> (8 * i)) & 0xff));
}

static void to_json(const struct cache_entry *e, struct buf *out)
{
	AUTO_JSON struct cJSON *o = json_object();

	json_add_str(o, "kind", kinds[e->kind]);
	json_add_str(o, "key", e->key);
	json_add_str(o, "name", e->name ? e->name : "");
	json_add_str(o, "task", e->task ? e->task : "");
	json_add_str(o, "layout", e->layout ? e->layout : "");
	json_add_int(o, "created_us", e->created_ns / 1000);
	json_add_int(o, "size", e->size);
	json_add_int(o, "content", e->content);
	json_add_int(o, "files", e->files);
	json_add_str(o, "sha256", e->sha256);
	json_print(o, JSON_LINE, out);
}

int cache_entry_write(int fd, const struct cache_entry *e, struct error **err)
{
	AUTO_BUF struct buf json = BUF_INIT(JSON_MAX);
	AUTO_BUF struct buf frame = BUF_INIT(JSON_MAX + HEAD + FOOT);

	to_json(e, &json);
	if (json.overflow)
		return error_set(err, ERR_LIMIT, "the key is too long");
	add_u32(&frame, FRAME_MAGIC);
	add_u32(&frame, json.len + FOOT);
	buf_add(&frame, json.data, json.len);
	add_u32(&frame, json.len);
	buf_add(&frame, mark, sizeof(mark));
	if (fd_write_all(fd, frame.data, frame.len) < 0)
		return error_errno(err, errno, "cannot write");
	return 0;
}

/* --- reading -------------------------------------------------------------------- */

static int damaged(struct error **err, const char *why)
{
	return error_set(err, ERR_CONFIG, "the cache entry is damaged: %s",
			 why);
}

static int read_at(int fd, void *data, size_t len, int64_t at)
{
	char *p = data;

	while (len > 0) {
		ssize_t n = pread(fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static size_t u32(const unsigned char *p)
{
	return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 |
	       (size_t)p[3] << 24;
}

/* Where the JSON begins; -1: there is none. */
static int64_t find_json(int fd, int64_t size, size_t *len)
{
	unsigned char foot[FOOT], head[HEAD];
	int64_t at;

	if (size < HEAD + FOOT || read_at(fd, foot, FOOT, size - FOOT) < 0 ||
	    memcmp(foot + 4, mark, sizeof(mark)) != 0)
		return -1;
	*len = u32(foot);
	at = size - FOOT - (int64_t)*len;
	if (*len > JSON_MAX || at < HEAD ||
	    read_at(fd, head, HEAD, at - HEAD) < 0 ||
	    u32(head) != FRAME_MAGIC || u32(head + 4) != *len + FOOT)
		return -1;
	return at;
}

static char *copy_str(const struct cJSON *o, const char *key)
{
	const char *s = json_get_str(o, key);

	return xstrdup(s ? s : "");
}

static int from_json(const struct cJSON *o, struct cache_entry *e)
{
	const char *sha256 = json_get_str(o, "sha256");
	const char *kind = json_get_str(o, "kind");

	if (!kind || (strcmp(kind, kinds[CACHE_ARCHIVE]) != 0 &&
		      strcmp(kind, kinds[CACHE_BLOB]) != 0))
		return -1;
	e->kind = strcmp(kind, kinds[CACHE_BLOB]) == 0 ? CACHE_BLOB
						       : CACHE_ARCHIVE;
	if (!json_get_str(o, "key") || !sha256 || strlen(sha256) != 64)
		return -1;
	e->key = copy_str(o, "key");
	e->name = copy_str(o, "name");
	e->task = copy_str(o, "task");
	e->layout = copy_str(o, "layout");
	e->created_ns = json_get_int(o, "created_us", 0) * 1000;
	e->size = json_get_int(o, "size", -1);
	e->content = json_get_int(o, "content", 0);
	e->files = json_get_int(o, "files", 0);
	memcpy(e->sha256, sha256, sizeof(e->sha256));
	return 0;
}

int cache_describe(int fd, struct cache_entry *e, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(JSON_MAX);
	AUTO_JSON struct cJSON *o = NULL;
	struct stat st;
	size_t len;
	int64_t at;
	char *room;

	*e = (struct cache_entry){0};
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "cannot read the cache entry");
	at = find_json(fd, st.st_size, &len);
	if (at < 0)
		return damaged(err, "its end is missing");
	room = buf_room(&text, len);
	if (!room || read_at(fd, room, len, at) < 0)
		return damaged(err, "it cannot be read");
	buf_grown(&text, len);
	o = json_parse(text.data, text.len, NULL);
	if (!o || from_json(o, e) < 0 || e->size != at - HEAD) {
		cache_entry_clear(e);
		return damaged(err, "its description makes no sense");
	}
	e->used_ns = st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	return 0;
}
