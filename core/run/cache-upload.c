/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "files/extract.h"
#include "run/cache-copy.h"
#include "run/cache-remote.h"
#include "run/cache-state.h"
#include "run/http-cache.h"

static const struct step_result good = {.status = STATUS_SUCCEEDED};

struct upload {
	struct performance *p;
	struct step *s;
	struct cached *c;
	char *folders; /* for people */
	struct strv paths;
	struct manifest now;
	struct cache_writer *writer;
	struct pack_result packed;
};

static void say_size(struct upload *u)
{
	int64_t n = u->packed.bytes;
	const char *name = u->c->instruction->name;

	if (n < 1024)
		step_say(u->s, "%s cache size is %lld bytes.", name,
			 (long long)n);
	else if (n < 1024 * 1024)
		step_say(u->s, "%s cache size is %lldKb.", name,
			 (long long)(n / 1024));
	else
		step_say(u->s, "%s cache size is %lldMb.", name,
			 (long long)(n / 1024 / 1024));
}

static void say_change(void *ctx, const char *what, const char *path)
{
	struct upload *u = ctx;
	const char *base = u->c->folders.base;

	step_say(u->s, "%s: %s/%s", what, strcmp(base, "/") ? base : "", path);
}

static bool is_touched(void *ctx, const struct manifest_item *before)
{
	const struct upload *u = ctx;
	const struct manifest_item *now = manifest_find(&u->now, before->path);

	return now && now->digest;
}

/* Files whose time alone differs: their contents decide. */
static void settle_touched(struct upload *u)
{
	AUTO_ERROR struct error *err = NULL;
	bool any = false;

	for (size_t i = 0; i < u->now.items.len; i++)
		any |= u->now.items.ptr[i].digest != NULL;
	if (any && extract_digests(u->c->fd, u->c->size, &u->c->before,
				   is_touched, u, &err) < 0)
		cache_warn(u->s, "changes cannot be told", err);
}

/* In how many places the folders differ from what was restored. */
static size_t count_changes(struct upload *u)
{
	manifest_sort(&u->now);
	settle_touched(u);
	return manifest_diff(&u->c->before, &u->now, NULL, NULL);
}

static bool is_unchanged(struct upload *u)
{
	if (count_changes(u) > 0)
		return false;
	step_say(u->s, "SHA for cache folders (%s) is '%s'", u->folders,
		 u->c->sha256);
	return true;
}

static void say_changes(struct upload *u)
{
	step_say(u->s, "SHA for cache folders (%s) is '%s'", u->folders,
		 u->packed.sha256);
	step_say(u->s, "Cache %s has changed!", u->c->instruction->name);
	step_say(u->s, "List of changes for cache folders (%s):", u->folders);
	manifest_diff(&u->c->before, &u->now, say_change, u);
}

static struct step_result keep(struct upload *u)
{
	AUTO_ERROR struct error *err = NULL;
	struct cached *c = u->c;
	struct cache_entry e = {.kind = CACHE_ARCHIVE,
				.key = c->key,
				.name = (char *)c->instruction->name,
				.task = (char *)u->p->task->name,
				.layout = (char *)c->folders.layout,
				.size = u->packed.bytes,
				.content = u->packed.content,
				.files = u->packed.files};

	memcpy(e.sha256, u->packed.sha256, sizeof(e.sha256));
	say_size(u);
	step_say(u->s, "Uploading cache %s...", c->instruction->name);
	if ((http_cache_external(u->p)
		     ? cache_remote_put(u->p, c, cache_writer_fd(u->writer),
					e.size, &err)
		     : cache_commit(STEAL_PTR(u->writer), &e, &err)) < 0) {
		step_say(u->s, "Failed to upload cache '%s': %s!",
			 c->instruction->name, err->msg);
		step_say(u->s, "Ignoring the error...");
	}
	return good;
}

static struct step_result not_packed(struct upload *u, enum cache_copy done,
				     cirrus_status status, struct error **err)
{
	struct step_result r = good;

	if (done == CACHE_ABSENT) {
		step_say(u->s,
			 "All cache folders (%s) are empty! Skipping uploading "
			 "...",
			 u->folders);
		return r;
	}
	if (done == CACHE_BACKEND &&
	    instructions_ended(u->p, u->s, status, err, &r))
		return r;
	step_say(u->s, "Failed to upload cache '%s': %s!",
		 u->c->instruction->name, (*err)->msg);
	step_say(u->s, "Ignoring the error...");
	return r;
}

static enum cache_copy take(struct upload *u, int fd, cirrus_status *status,
			    struct error **err)
{
	struct cached *c = u->c;
	struct cache_save save = {.folders = &c->folders,
				  .paths = &u->paths,
				  .fd = fd,
				  .seen = c->restored ? &u->now : NULL,
				  .before = c->restored ? &c->before : NULL};
	enum cache_copy done;

	manifest_clear(&u->now);
	done = cache_save(u->p, &save, err);
	u->packed = save.result;
	*status = save.status;
	if (done == CACHE_COPIED && save.result.members == 0)
		done = CACHE_ABSENT;
	return done;
}

static struct step_result skip_unchanged(struct upload *u)
{
	step_say(u->s, "Cache %s hasn't changed! Skipping uploading...",
		 u->c->instruction->name);
	return good;
}

static struct step_result pack_and_keep(struct upload *u)
{
	AUTO_ERROR struct error *err = NULL;
	struct cached *c = u->c;
	cirrus_status status = CIRRUS_OK;
	enum cache_copy done;

	if (cache_create(caches_dir(u->p), &u->writer, &err) < 0)
		return not_packed(u, CACHE_LOCAL, CIRRUS_OK, &err);
	done = take(u, cache_writer_fd(u->writer), &status, &err);
	if (done != CACHE_COPIED)
		return not_packed(u, done, status, &err);
	if (!c->restored) {
		step_say(u->s, "SHA for cache folders (%s) is '%s'", u->folders,
			 u->packed.sha256);
		return keep(u);
	}
	if (!is_unchanged(u))
		say_changes(u);
	else if (c->exact)
		return skip_unchanged(u);
	return keep(u);
}

/* Most caches are as they were restored, and looking takes less than packing. */
static struct step_result look_and_keep(struct upload *u)
{
	AUTO_ERROR struct error *err = NULL;
	cirrus_status status = CIRRUS_OK;
	enum cache_copy done = take(u, -1, &status, &err);

	if (done != CACHE_COPIED)
		return not_packed(u, done, status, &err);
	return is_unchanged(u) ? skip_unchanged(u) : pack_and_keep(u);
}

static bool exists(const struct upload *u)
{
	if (http_cache_external(u->p))
		return cache_remote_has(u->p, u->c);
	return cache_exists(caches_dir(u->p), CACHE_ARCHIVE, u->c->key);
}

static struct step_result upload(struct upload *u)
{
	struct cached *c = u->c;
	enum session_state state;

	if (!c->exact && exists(u)) {
		step_say(u->s,
			 "Some other task has already uploaded cache entry %s! "
			 "Skipping upload...",
			 c->key);
		return good;
	}
	state = folders_find(u->p, &c->folders, &u->paths);
	if (state != SESSION_DONE)
		return instructions_by_state(u->p, u->s, state);
	if (strcmp(c->folders.layout, "folder") != 0 && u->paths.len == 0)
		return not_packed(u, CACHE_ABSENT, CIRRUS_OK, NULL);
	return c->exact && c->restored ? look_and_keep(u) : pack_and_keep(u);
}

struct step_result cache_upload(struct performance *p, struct step *s,
				const struct instruction *i,
				size_t index UNUSED)
{
	struct cached *c = caches_find(p, i->cache_name);
	struct upload u = {.p = p, .s = s, .c = c};
	struct step_result r = good;

	if (!c) {
		step_say(s, "No cache found for %s!", i->cache_name);
		return cache_fail(p);
	}
	if (c->unfit || !caches_dir(p)) {
		step_say(s, "Cache %s %s! Skipping uploading...", i->cache_name,
			 c->unfit ? "was not populated"
				  : "has no place on this machine");
		return r;
	}
	if (c->exact && c->restored &&
	    !c->instruction->cache.reupload_on_changes) {
		step_say(s, "Skipping change detection for %s cache!",
			 i->cache_name);
		return r;
	}
	u.folders = folders_text(&c->folders);
	r = upload(&u);
	cache_discard(u.writer);
	manifest_clear(&u.now);
	strv_clear(&u.paths);
	free(u.folders);
	return r;
}
