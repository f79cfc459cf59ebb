/* SPDX-License-Identifier: MIT */
/* Caches on disk, each project's by itself:
 *
 *	$XDG_CACHE_HOME/cirrus/projects/NAME-HASH/
 *		project		the path that HASH is of
 *		lock		held while entries are begun or swept
 *		KEY.tar.zst	an archive (files/pack.h)
 *		KEY.blob	what a task gave the HTTP cache
 *		tmp-*		being written, locked by who writes
 *
 * where KEY is a digest of the entry's key.  An entry is one file: its contents,
 * then a frame that decompressors skip and that says what the contents are.  So
 * it comes into being by one rename, whole or not at all; of two that write the
 * same key at once the last one stands; who reads has a descriptor, which keeps
 * an entry that is replaced or removed meanwhile.  What a dead writer left is
 * swept when the next one begins. */
#ifndef CIRRUS_STORE_CACHE_H
#define CIRRUS_STORE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/vec.h"

enum cache_kind { CACHE_ARCHIVE, CACHE_BLOB };

struct cache_entry {
	enum cache_kind kind;
	char *key;
	char *name;   /* of the cache in the configuration; blobs: "" */
	char *task;   /* that made it */
	char *layout; /* what names in it are relative to (run/cache) */
	int64_t size; /* of the contents as stored */
	int64_t content, files; /* unpacked */
	int64_t created_ns, used_ns;
	char sha256[HASH_TEXT]; /* of the contents as stored */
	char *file;             /* its name in the project's directory */
};
void cache_entry_clear(struct cache_entry *e);
#define AUTO_CACHE_ENTRY __attribute__((__cleanup__(cache_entry_clear)))
VEC_DEFINE(cache_entries, struct cache_entry);
void cache_entries_clear_all(struct cache_entries *v);
#define AUTO_CACHE_ENTRIES __attribute__((__cleanup__(cache_entries_clear_all)))

/* A project's caches; any thread may use it, and nothing is made on disk until
 * something is written. */
struct cache_dir;
int cache_dir_open(const char *project_dir, struct cache_dir **out,
		   struct error **err) MUST_CHECK;
void cache_dir_free(struct cache_dir *d);
const char *cache_dir_path(const struct cache_dir *d);
const char *cache_dir_project(const struct cache_dir *d);

/* The directories of all projects that have caches. */
VEC_DEFINE(cache_dirs, struct cache_dir *);
int cache_dirs_all(struct cache_dirs *out, struct error **err) MUST_CHECK;
void cache_dirs_free(struct cache_dirs *v);
#define AUTO_CACHE_DIRS __attribute__((__cleanup__(cache_dirs_free)))

/* 1: *e and *fd are the caller's; 0: there is none; -1: there is, but it cannot
 * be read, or (ERR_CONFIG) it is damaged. */
int cache_find(struct cache_dir *d, enum cache_kind kind, const char *key,
	       struct cache_entry *e, int *fd, struct error **err) MUST_CHECK;
/* The newest archive of the cache of that name. */
int cache_find_newest(struct cache_dir *d, const char *name,
		      struct cache_entry *e, int *fd,
		      struct error **err) MUST_CHECK;
bool cache_exists(struct cache_dir *d, enum cache_kind kind, const char *key);
/* Whether the contents are what was stored, byte for byte; ERR_CONFIG: not. */
int cache_verify(int fd, const struct cache_entry *e,
		 struct error **err) MUST_CHECK;
/* It was good for something just now. */
void cache_touch(int fd);

/* By key, newest first. */
int cache_list(struct cache_dir *d, struct cache_entries *out,
	       struct error **err) MUST_CHECK;
int cache_remove(struct cache_dir *d, const struct cache_entry *e,
		 struct error **err) MUST_CHECK;

/* Writing: contents go to cache_writer_fd, front to back. */
struct cache_writer;
int cache_create(struct cache_dir *d, struct cache_writer **out,
		 struct error **err) MUST_CHECK;
int cache_writer_fd(const struct cache_writer *w);
/* Ends the writer, and makes it the entry that *e describes (kind, key, name,
 * task, layout, size, content, files, sha256). */
int cache_commit(struct cache_writer *w, const struct cache_entry *e,
		 struct error **err) MUST_CHECK;
void cache_discard(struct cache_writer *w); /* NULL is fine */
/* Removes what dead writers left, as cache_create does too. */
void cache_sweep(const struct cache_dir *d);

/* What an entry's file says about itself, wherever it lies; and taking such a
 * one in, once cache_verify found it whole. */
int cache_describe(int fd, struct cache_entry *e,
		   struct error **err) MUST_CHECK;
int cache_import(struct cache_dir *d, int fd, const struct cache_entry *e,
		 struct error **err) MUST_CHECK;

#endif
