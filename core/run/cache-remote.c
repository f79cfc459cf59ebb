/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/cache-remote.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "files/extract.h"
#include "net/http-store.h"
#include "run/http-cache.h"

static struct http_store store_of(const struct performance *p)
{
	return (struct http_store){.host = http_cache_external(p),
				   .cancel_fd =
					   p->place->scope->run->o->cancel_fd,
				   .deadline_ns = p->deadline_ns};
}

static void say_size(struct step *s, int64_t n, int64_t ns)
{
	if (n < 1024)
		step_say(s, "Downloaded %lld bytes.", (long long)n);
	else if (n < 1024 * 1024)
		step_say(s, "Downloaded %lldKb.", (long long)(n / 1024));
	else
		step_say(s, "Downloaded %lldMb in %fs.",
			 (long long)(n / 1024 / 1024), (double)ns / 1e9);
}

/* Nobody vouches for it: read to its end before anything comes in. */
static int look_through(const struct cached *c, int fd, int64_t size,
			struct error **err)
{
	struct member_rules rules = folders_rules(&c->folders);

	return extract_look(fd, size, &rules, NULL, err);
}

static int fetch(struct performance *p, struct step *s, struct cached *c,
		 struct cache_entry *e, struct error **err)
{
	struct http_store store = store_of(p);
	struct cache_writer *w = NULL;
	int64_t began = clock_now();
	int found;

	if (!caches_dir(p))
		return error_set(err, ERR_SYSTEM,
				 "there is no place to put it");
	if (cache_create(caches_dir(p), &w, err) < 0)
		return -1;
	found = http_store_get(&store, c->key, cache_writer_fd(w), &e->size,
			       err);
	if (found > 0) {
		say_size(s, e->size, clock_now() - began);
		if (look_through(c, cache_writer_fd(w), e->size, err) < 0)
			found = -1;
	}
	if (found > 0)
		c->fd = fd_dup(cache_writer_fd(w), err);
	cache_discard(w); /* the file goes, c->fd keeps what was in it */
	return found > 0 && c->fd < 0 ? -1 : found;
}

bool cache_remote_get(struct performance *p, struct step *s, struct cached *c,
		      struct cache_entry *e, struct step_result *r)
{
	AUTO_ERROR struct error *err = NULL;
	int found = fetch(p, s, c, e, &err);

	if (found > 0) {
		e->key = xstrdup(c->key);
		return true;
	}
	if (found == 0)
		return false;
	if (err->code == ERR_CANCELLED &&
	    instructions_ended(p, s, CIRRUS_E_CANCELLED, &err, r))
		return false;
	step_say(s, "Failed to fetch archive for %s cache: %s!",
		 c->instruction->name, err->msg);
	return false;
}

bool cache_remote_has(struct performance *p, const struct cached *c)
{
	struct http_store store = store_of(p);

	/* what cannot be asked is uploaded, which then tells why it fails */
	return http_store_has(&store, c->key, NULL) > 0;
}

int cache_remote_put(struct performance *p, const struct cached *c, int fd,
		     int64_t size, struct error **err)
{
	struct http_store store = store_of(p);

	return http_store_put(&store, c->key, fd, size, err);
}
