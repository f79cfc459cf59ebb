/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/cache-copy.h"

#include <pthread.h>

#include "base/ring.h"
#include "files/extract.h"

#define RING_BYTES (4u * 1024 * 1024)

/* --- out: one thread takes from the backend while this one compresses --------- */

struct reading {
	struct performance *p;
	const struct folders *folders;
	const char *const *paths;
	struct ring *ring;
	/* once the ring has ended */
	cirrus_status status;
	struct error *err;
};

static cirrus_status into_ring(void *ctx, int32_t stream UNUSED,
			       const void *data, size_t len)
{
	return ring_write(ctx, data, len) < 0 ? CIRRUS_E_IO : CIRRUS_OK;
}

static void *read_main(void *arg)
{
	struct reading *r = arg;
	struct cirrus_writer writer = {r->ring, into_ring};

	r->status = place_read(r->p->place, r->p->deadline_ns, r->folders->base,
			       r->paths, &writer, &r->err);
	ring_end(r->ring);
	return NULL;
}

static ssize_t from_ring(void *ctx, void *buf, size_t len)
{
	struct reading *r = ctx;
	size_t n = ring_read(r->ring, buf, len);

	if (n == 0 && r->status != CIRRUS_OK)
		return -1;
	return (ssize_t)n;
}

/* Behind the end of an archive some engines write on. */
static void drain(struct reading *r)
{
	char waste[4096];

	while (ring_read(r->ring, waste, sizeof(waste)) > 0)
		;
}

static enum cache_copy outcome(struct reading *r, int packed,
			       struct error **cause, struct error **err)
{
	/* where packing failed, the backend was left alone: its trouble is
	 * ours */
	if (packed < 0 &&
	    (r->status == CIRRUS_OK || r->status == CIRRUS_E_IO)) {
		*err = STEAL_PTR(*cause);
		return CACHE_LOCAL;
	}
	if (r->status == CIRRUS_OK)
		return CACHE_COPIED;
	if (r->status == CIRRUS_E_NOTFOUND)
		return CACHE_ABSENT;
	*err = STEAL_PTR(r->err);
	return CACHE_BACKEND;
}

enum cache_copy cache_save(struct performance *p, struct cache_save *c,
			   struct error **err)
{
	struct member_rules rules = folders_rules(c->folders);
	struct pack_options o = {
		.rules = &rules, .seen = c->seen, .before = c->before};
	const struct strv *paths = c->paths;
	bool all = paths->len == 0 || *paths->v[0] == '\0';
	struct reading r = {.p = p,
			    .folders = c->folders,
			    .paths = all ? NULL : (const char *const *)paths->v,
			    .ring = ring_new(RING_BYTES)};
	AUTO_ERROR struct error *cause = NULL;
	enum cache_copy result = CACHE_LOCAL;
	pthread_t thread;
	int packed;

	if (pthread_create(&thread, NULL, read_main, &r) != 0) {
		error_set(err, ERR_SYSTEM, "cannot start a thread");
	} else {
		packed = pack(from_ring, &r, c->fd, &o, &c->result, &cause);
		packed < 0 ? ring_leave(r.ring) : drain(&r);
		pthread_join(thread, NULL);
		c->status = r.status;
		result = outcome(&r, packed, &cause, err);
	}
	error_free(r.err);
	ring_free(r.ring);
	return result;
}

/* --- in -------------------------------------------------------------------------- */

enum cache_copy cache_load(struct performance *p, struct cache_load *c,
			   struct error **err)
{
	struct member_rules rules = folders_rules(c->folders);
	struct extract *x = extract_new(c->fd, c->size, &rules, c->seen);
	struct cirrus_reader reader = {x, extract_read};
	AUTO_ERROR struct error *cause = NULL;
	enum cache_copy result = CACHE_COPIED;

	c->status = place_write(p->place, p->deadline_ns, c->folders->base,
				&reader, &cause);
	if (extract_error(x)) {
		error_set(err, extract_error(x)->code, "%s",
			  extract_error(x)->msg);
		result = CACHE_LOCAL;
	} else if (c->status != CIRRUS_OK) {
		*err = STEAL_PTR(cause);
		result = CACHE_BACKEND;
	}
	extract_free(x);
	return result;
}
