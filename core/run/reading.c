/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/reading.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/ring.h"

#define RING_BYTES (4u * 1024 * 1024)

struct reading {
	struct place *place;
	int64_t deadline_ns;
	const char *dir;
	const char *const *paths;
	struct ring *ring;
	pthread_t thread;
	/* once the ring has ended */
	cirrus_status status;
	struct error *err;
};

static cirrus_status into_ring(void *ctx, int32_t stream UNUSED,
			       const void *data, size_t len)
{
	return ring_write(ctx, data, len) < 0 ? CIRRUS_E_IO : CIRRUS_OK;
}

static void *reading_main(void *arg)
{
	struct reading *r = arg;
	struct cirrus_writer writer = {r->ring, into_ring};

	r->status = place_read(r->place, r->deadline_ns, r->dir, r->paths,
			       &writer, &r->err);
	ring_end(r->ring);
	return NULL;
}

static void reading_free(struct reading *r)
{
	error_free(r->err);
	ring_free(r->ring);
	free(r);
}

int reading_begin(struct place *p, int64_t deadline_ns, const char *dir,
		  const char *const *paths, struct reading **out,
		  struct error **err)
{
	struct reading *r = xcalloc(1, sizeof(*r));
	int errnum;

	*r = (struct reading){.place = p,
			      .deadline_ns = deadline_ns,
			      .dir = dir,
			      .paths = paths,
			      .ring = ring_new(RING_BYTES)};
	errnum = pthread_create(&r->thread, NULL, reading_main, r);
	if (errnum != 0) {
		reading_free(r);
		return error_errno(err, errnum, "cannot start a thread");
	}
	*out = r;
	return 0;
}

ssize_t reading_read(void *reading, void *data, size_t len)
{
	struct reading *r = reading;
	size_t n = ring_read(r->ring, data, len);

	return n == 0 && r->status != CIRRUS_OK ? -1 : (ssize_t)n;
}

cirrus_status reading_end(struct reading *r, bool drain, struct error **err)
{
	char waste[4096];
	cirrus_status status;

	while (drain && ring_read(r->ring, waste, sizeof(waste)) > 0)
		;
	ring_leave(r->ring);
	pthread_join(r->thread, NULL);
	status = r->status;
	if (status != CIRRUS_OK && r->err)
		error_pass(err, &r->err, NULL);
	reading_free(r);
	return status;
}
