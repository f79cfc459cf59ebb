/* SPDX-License-Identifier: MIT */
/* Caches in an HTTP cache that the task's environment names. */
#ifndef CIRRUS_RUN_CACHE_REMOTE_H
#define CIRRUS_RUN_CACHE_REMOTE_H

#include "run/cache-state.h"

/* Fetches the entry of c->key into a file, which becomes c->fd; what came is
 * looked through before anything of it is used.  False: there is none, or (*r,
 * or a line in the step) something came between. */
bool cache_remote_get(struct performance *p, struct step *s, struct cached *c,
		      struct cache_entry *e, struct step_result *r);
bool cache_remote_has(struct performance *p, const struct cached *c);
int cache_remote_put(struct performance *p, const struct cached *c, int fd,
		     int64_t size, struct error **err) MUST_CHECK;

#endif
