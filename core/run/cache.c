/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/hash.h"
#include "files/extract.h"
#include "run/cache-copy.h"
#include "run/cache-remote.h"
#include "run/cache-state.h"
#include "run/http-cache.h"

struct caches {
	struct cached *first;
};

static void cached_free(struct cached *c)
{
	folders_clear(&c->folders);
	manifest_clear(&c->before);
	fd_close(&c->fd);
	free(c->key);
	free(c);
}

void caches_free(struct caches *c)
{
	if (!c)
		return;
	while (c->first) {
		struct cached *one = c->first;

		c->first = one->next;
		cached_free(one);
	}
	free(c);
}

static struct cached *caches_add(struct performance *p,
				 const struct instruction *i)
{
	struct cached *c = xcalloc(1, sizeof(*c));

	if (!p->caches)
		p->caches = xcalloc(1, sizeof(*p->caches));
	c->instruction = i;
	c->fd = -1;
	c->next = p->caches->first;
	p->caches->first = c;
	return c;
}

struct cached *caches_find(const struct performance *p, const char *name)
{
	struct cached *c = p->caches ? p->caches->first : NULL;

	while (c && strcmp(c->instruction->name, name) != 0)
		c = c->next;
	return c;
}

struct cache_dir *caches_dir(const struct performance *p)
{
	return p->place->scope->run->caches;
}

static const struct step_result good = {.status = STATUS_SUCCEEDED};

void cache_warn(struct step *s, const char *what, const struct error *err)
{
	tell_message(s->teller, s->task, s->number, LEVEL_WARNING, err->hint,
		     "%s: %s", what, err->msg);
}

struct step_result cache_fail(struct performance *p)
{
	p->failed = true;
	return (struct step_result){.status = STATUS_FAILED};
}

/* --- the key ------------------------------------------------------------------ */

static void hash_tap(void *ctx, const char *data, size_t len)
{
	hash_add(ctx, data, len);
}

static char *key_of(const struct cached *c, struct hash *h)
{
	char digest[HASH_TEXT];

	return xasprintf("%s-%s", c->instruction->name, hash_end(h, digest));
}

/* What tells this task from others, in whatever order they stand. */
static char *default_key(const struct performance *p, const struct cached *c)
{
	struct hash *h = hash_new(HASH_SHA256);

	hash_add(h, p->task->name, strlen(p->task->name));
	for (const char *const *l = p->task->labels; l && *l; l++) {
		hash_add(h, "\n", 1);
		hash_add(h, *l, strlen(*l));
	}
	return key_of(c, h);
}

static struct step_result find_key(struct performance *p, struct step *s,
				   struct cached *c, size_t index)
{
	const struct cache *cache = &c->instruction->cache;
	struct step_result r;
	struct hash *h;

	if (cache->fingerprint_key && *cache->fingerprint_key) {
		c->key = instructions_expand(p, cache->fingerprint_key);
		return good;
	}
	if (!cache->fingerprint_scripts || !*cache->fingerprint_scripts) {
		c->key = default_key(p, c);
		return good;
	}
	h = hash_new(HASH_SHA256);
	s->tap = hash_tap;
	s->tap_ctx = h;
	r = instructions_script(p, s, cache->fingerprint_scripts, index,
				CACHE_FINGERPRINT);
	s->tap = NULL;
	c->key = key_of(c, h);
	if (r.status == STATUS_FAILED)
		step_say(s,
			 "Failed to execute fingerprint script for %s cache!",
			 c->instruction->name);
	return r;
}

/* --- restoring ------------------------------------------------------------------ */

/* An entry that is there and whole, to be restored; what is damaged goes. */
static bool check_entry(struct performance *p, struct step *s, int found,
			struct cache_entry *e, const char *key, int fd,
			struct error **err)
{
	if (found == 0)
		return false;
	if (found > 0 && cache_verify(fd, e, err) == 0)
		return true;
	cache_warn(s, "cache entry is not used", *err);
	if ((*err)->code != ERR_CONFIG || !key)
		return false;
	if (!e->key)
		e->key = xstrdup(key);
	if (cache_remove(caches_dir(p), e, NULL) == 0)
		step_say(s, "Removed the damaged cache entry for %s!", key);
	return false;
}

static bool find_exact(struct performance *p, struct step *s, struct cached *c,
		       struct cache_entry *e)
{
	AUTO_ERROR struct error *err = NULL;
	int found;

	if (!caches_dir(p))
		return false;
	found = cache_find(caches_dir(p), CACHE_ARCHIVE, c->key, e, &c->fd,
			   &err);
	return check_entry(p, s, found, e, c->key, c->fd, &err);
}

static bool find_newest(struct performance *p, struct step *s, struct cached *c,
			struct cache_entry *e)
{
	AUTO_ERROR struct error *err = NULL;
	int found;

	if (!caches_dir(p) ||
	    !c->instruction->cache.optimistically_restore_on_miss)
		return false;
	step_say(s, "Wasn't able to find the exact cache! Requesting the last "
		    "available one...");
	found = cache_find_newest(caches_dir(p), c->instruction->name, e,
				  &c->fd, &err);
	if (found > 0)
		step_say(s, "Found cache entry %s created by task %s!", e->key,
			 e->task);
	return check_entry(p, s, found, e, e->key, c->fd, &err);
}

/* Another instruction with the same key may have put other folders there. */
static bool fits(const struct cached *c, const struct cache_entry *e,
		 struct step *s)
{
	if (!e->layout || strcmp(e->layout, c->folders.layout) == 0)
		return true;
	step_say(s, "Cache entry %s holds other folders!", e->key);
	return false;
}

/* Into the environment; *r says what became of the step. */
static bool load(struct performance *p, struct step *s, struct cached *c,
		 const struct cache_entry *e, struct step_result *r)
{
	AUTO_ERROR struct error *err = NULL;
	int64_t began = clock_now();
	struct cache_load l = {.folders = &c->folders,
			       .fd = c->fd,
			       .size = e->size,
			       .seen = &c->before};
	enum cache_copy done = cache_load(p, &l, &err);

	*r = good;
	if (done == CACHE_COPIED) {
		manifest_sort(&c->before);
		c->size = e->size;
		memcpy(c->sha256, e->sha256, sizeof(c->sha256));
		cache_touch(c->fd);
		if (clock_now() - began > 10 * NS_PER_S)
			step_say(s,
				 "Unarchived %s cache entry in %.1f seconds!",
				 c->instruction->name,
				 (double)(clock_now() - began) / 1e9);
		return true;
	}
	if (done == CACHE_BACKEND &&
	    instructions_ended(p, s, l.status, &err, r))
		return false;
	c->unfit = true;
	step_say(s,
		 "Failed to unarchive %s cache because of %s! Treating this "
		 "failure as a cache miss but won't try to re-upload!",
		 c->instruction->name, err->msg);
	return false;
}

static bool restore(struct performance *p, struct step *s, struct cached *c,
		    struct step_result *r)
{
	AUTO_CACHE_ENTRY struct cache_entry e = {0};

	*r = good;
	if (http_cache_external(p)) {
		if (!(c->exact = cache_remote_get(p, s, c, &e, r)))
			return false;
	} else {
		c->exact = find_exact(p, s, c, &e);
	}
	if (!c->exact) {
		cache_entry_clear(&e);
		fd_close(&c->fd);
		if (!find_newest(p, s, c, &e))
			return false;
	}
	if (!fits(c, &e, s))
		return false;
	step_say(s, "Cache hit for %s!", e.key);
	return c->restored = load(p, s, c, &e, r);
}

static struct step_result populate(struct performance *p, struct step *s,
				   struct cached *c, size_t index)
{
	const char *const *items = c->instruction->cache.populate_scripts;
	struct step_result r;

	if (!items || !*items) {
		step_say(s, "Cache miss for %s! No script to populate with.",
			 c->key);
		return good;
	}
	step_say(s, "Cache miss for %s! Populating...", c->key);
	r = instructions_script(p, s, items, index, CACHE_POPULATE);
	if (r.status != STATUS_SUCCEEDED)
		c->unfit = true;
	if (r.status == STATUS_FAILED)
		step_say(s, "Failed to execute populate script for %s cache!",
			 c->instruction->name);
	return r;
}

static struct step_result wrong(struct performance *p, struct step *s,
				const struct error *err)
{
	tell_error(s->teller, s->task, s->number, err);
	return cache_fail(p);
}

struct step_result cache_restore(struct performance *p, struct step *s,
				 const struct instruction *i, size_t index)
{
	AUTO_ERROR struct error *err = NULL;
	struct cached *c = caches_add(p, i);
	struct step_result r;

	if (folders_resolve(p, i->cache.folders, &c->folders, &err) < 0) {
		c->unfit = true;
		return wrong(p, s, err);
	}
	r = find_key(p, s, c, index);
	if (r.status != STATUS_SUCCEEDED) {
		c->unfit = true;
		return r;
	}
	if (restore(p, s, c, &r) || r.status != STATUS_SUCCEEDED)
		return r;
	return populate(p, s, c, index);
}
