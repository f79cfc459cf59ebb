/* SPDX-License-Identifier: MIT */
/* Images, volumes, and whatever else a connection does without an environment. */
#include "config.h"

#include <string.h>

#include "backend/attempt.h"
#include "backend/guard.h"
#include "backend/need.h"

typedef cirrus_status image_fn(cirrus_conn *, const struct cirrus_call *,
			       const struct cirrus_image_spec *,
			       struct cirrus_image_info *);

/* What inspect, pull and push have in common. */
static cirrus_status image_op(struct conn *c, const struct call_options *o,
			      const char *op, image_fn *fn, unsigned int how,
			      const struct cirrus_image_spec *spec,
			      struct cirrus_image_info *out, struct error **err)
{
	AUTO_ARENA struct arena a = {0};
	struct cirrus_image_spec *in = PADDED(&a, spec);
	ABI_PADDED(struct cirrus_image_info) area;
	struct attempt at;

	in->platform = need_platform(c, spec->platform, &a);
	if (!in->kind)
		in->kind = c->kind->name;
	if (need_op(c, fn != NULL, op, err) ||
	    need_understood(c, spec->required, err) ||
	    NEED_ALL(c,
		     ((struct need[]){
			     {in->platform != NULL, CIRRUS_CAP_PLATFORM}}),
		     err))
		return CIRRUS_E_NOTSUP;
	attempt_init(&at, &c->backend->table, op, o, how);
	while (attempt_next(&at)) {
		memset(&area, 0, sizeof(area));
		area.s.struct_size = sizeof(area.s);
		at.status = fn(c->handle, &at.call.padded.s, in, &area.s);
	}
	if (out)
		*out = area.s;
	return attempt_done(&at, err);
}

cirrus_status conn_image_inspect(struct conn *c, const struct call_options *o,
				 const struct cirrus_image_spec *spec,
				 struct cirrus_image_info *out,
				 struct error **err)
{
	return image_op(c, o, "image_inspect", c->backend->table.image_inspect,
			0, spec, out, err);
}

cirrus_status conn_image_pull(struct conn *c, const struct call_options *o,
			      const struct cirrus_image_spec *spec,
			      struct cirrus_image_info *out, struct error **err)
{
	const struct need needs[] = {{true, CIRRUS_CAP_IMAGE_PULL}};

	if (NEED_ALL(c, needs, err))
		return CIRRUS_E_NOTSUP;
	return image_op(c, o, "image_pull", c->backend->table.image_pull,
			ATTEMPT_PULL, spec, out, err);
}

cirrus_status conn_image_push(struct conn *c, const struct call_options *o,
			      const struct cirrus_image_spec *spec,
			      struct cirrus_image_info *out, struct error **err)
{
	const struct need needs[] = {{true, CIRRUS_CAP_IMAGE_PUSH}};

	if (NEED_ALL(c, needs, err))
		return CIRRUS_E_NOTSUP;
	return image_op(c, o, "image_push", c->backend->table.image_push, 0,
			spec, out, err);
}

cirrus_status conn_image_build(struct conn *c, const struct call_options *o,
			       const struct cirrus_build_spec *spec,
			       const struct cirrus_reader *context,
			       const struct cirrus_writer *log,
			       struct cirrus_image_info *out,
			       struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	AUTO_ARENA struct arena a = {0};
	struct cirrus_build_spec *in = PADDED(&a, spec);
	struct guarded_reader reader;
	struct guarded_writer writer;
	ABI_PADDED(struct cirrus_image_info) area;
	struct attempt at;

	in->platform = need_platform(c, spec->platform, &a);
	if (!in->kind)
		in->kind = c->kind->name;
	if (NEED_ALL(c,
		     ((struct need[]){
			     {true, CIRRUS_CAP_IMAGE_BUILD},
			     {spec->flags & CIRRUS_BUILD_BUILDKIT,
			      CIRRUS_CAP_BUILDKIT},
			     {in->platform != NULL, CIRRUS_CAP_PLATFORM}}),
		     err) ||
	    need_op(c, t->image_build != NULL, "image_build", err) ||
	    need_understood(c, spec->required, err))
		return CIRRUS_E_NOTSUP;
	guard_reader(&reader, context);
	guard_writer(&writer, log);
	attempt_init(&at, t, "image_build", o, 0);
	at.taken = &reader.taken;
	while (attempt_next(&at)) {
		memset(&area, 0, sizeof(area));
		area.s.struct_size = sizeof(area.s);
		at.status = t->image_build(c->handle, &at.call.padded.s, in,
					   &reader.pub, &writer.pub, &area.s);
	}
	if (out)
		*out = area.s;
	return attempt_done(&at, err);
}

cirrus_status conn_image_delete(struct conn *c, const struct call_options *o,
				const struct cirrus_image_spec *spec,
				struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	AUTO_ARENA struct arena a = {0};
	struct cirrus_image_spec *in = PADDED(&a, spec);
	struct attempt at;

	in->platform = need_platform(c, spec->platform, &a);
	if (!in->kind)
		in->kind = c->kind->name;
	if (need_op(c, t->image_delete != NULL, "image_delete", err) ||
	    need_understood(c, spec->required, err))
		return CIRRUS_E_NOTSUP;
	attempt_init(&at, t, "image_delete", o, ATTEMPT_CLEANUP);
	while (attempt_next(&at))
		at.status = t->image_delete(c->handle, &at.call.padded.s, in);
	return attempt_done(&at, err);
}

/* --- volumes -------------------------------------------------------------------- */

cirrus_status conn_volume_create(struct conn *c, const struct call_options *o,
				 const struct cirrus_volume_spec *spec,
				 struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	const struct need needs[] = {
		{true, CIRRUS_CAP_VOLUME},
		{spec->source != NULL, CIRRUS_CAP_VOLUME_CLONE},
		{spec->flags & CIRRUS_VOLUME_SHARED, CIRRUS_CAP_VOLUME_SHARED},
		{spec->flags & CIRRUS_VOLUME_MEMORY, CIRRUS_CAP_VOLUME_MEMORY},
	};
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (NEED_ALL(c, needs, err) ||
	    need_op(c, t->volume_create != NULL, "volume_create", err) ||
	    need_understood(c, spec->required, err))
		return CIRRUS_E_NOTSUP;
	attempt_init(&at, t, "volume_create", o, 0);
	while (attempt_next(&at))
		at.status = t->volume_create(c->handle, &at.call.padded.s,
					     PADDED(&a, spec));
	return attempt_done(&at, err);
}

cirrus_status conn_volume_delete(struct conn *c, const struct call_options *o,
				 const struct cirrus_volume_spec *spec,
				 struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (need_op(c, t->volume_delete != NULL, "volume_delete", err) ||
	    need_understood(c, spec->required, err))
		return CIRRUS_E_NOTSUP;
	attempt_init(&at, t, "volume_delete", o, ATTEMPT_CLEANUP);
	while (attempt_next(&at))
		at.status = t->volume_delete(c->handle, &at.call.padded.s,
					     PADDED(&a, spec));
	return attempt_done(&at, err);
}

/* --- what it has made ------------------------------------------------------------- */

cirrus_status conn_list(struct conn *c, const struct call_options *o,
			const struct cirrus_list_spec *spec,
			const struct cirrus_sink *sink, struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	const struct need needs[] = {{true, CIRRUS_CAP_LIST}};
	AUTO_ARENA struct arena a = {0};
	struct guarded_sink guard;
	struct attempt at;

	if (NEED_ALL(c, needs, err) ||
	    need_op(c, t->list != NULL, "list", err) ||
	    need_understood(c, spec->required, err))
		return CIRRUS_E_NOTSUP;
	guard_sink(&guard, sink);
	attempt_init(&at, t, "list", o, 0);
	while (attempt_next(&at))
		at.status = t->list(c->handle, &at.call.padded.s,
				    PADDED(&a, spec), &guard.pub);
	return attempt_done(&at, err);
}

cirrus_status conn_object_delete(struct conn *c, const struct call_options *o,
				 const struct cirrus_object *object,
				 struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (need_op(c, t->object_delete != NULL, "object_delete", err))
		return CIRRUS_E_NOTSUP;
	attempt_init(&at, t, "object_delete", o, ATTEMPT_CLEANUP);
	while (attempt_next(&at))
		at.status = t->object_delete(c->handle, &at.call.padded.s,
					     PADDED(&a, object));
	return attempt_done(&at, err);
}
