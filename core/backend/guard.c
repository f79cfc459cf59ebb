/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/guard.h"

#include "backend/crash.h"

static int64_t guard_read(void *ctx, void *buf, size_t len)
{
	struct guarded_reader *g = ctx;
	struct crash_note note = crash_put_aside();
	int64_t n = g->inner ? g->inner->read(g->inner->ctx, buf, len) : 0;

	crash_restore(note);
	if (n > 0)
		g->taken += (uint64_t)n;
	return n;
}

static cirrus_status guard_write(void *ctx, int32_t stream, const void *buf,
				 size_t len)
{
	struct guarded_writer *g = ctx;
	struct crash_note note = crash_put_aside();
	cirrus_status status = CIRRUS_OK;

	if (g->inner)
		status = g->inner->write(g->inner->ctx, stream, buf, len);
	crash_restore(note);
	return status;
}

static cirrus_status guard_object(void *ctx, const struct cirrus_object *object)
{
	struct guarded_sink *g = ctx;
	struct crash_note note = crash_put_aside();
	cirrus_status status = CIRRUS_OK;

	if (g->inner)
		status = g->inner->object(g->inner->ctx, object);
	crash_restore(note);
	return status;
}

void guard_reader(struct guarded_reader *g, const struct cirrus_reader *inner)
{
	*g = (struct guarded_reader){{g, guard_read}, inner, 0};
}

void guard_writer(struct guarded_writer *g, const struct cirrus_writer *inner)
{
	*g = (struct guarded_writer){{g, guard_write}, inner};
}

void guard_sink(struct guarded_sink *g, const struct cirrus_sink *inner)
{
	*g = (struct guarded_sink){{g, guard_object}, inner};
}
