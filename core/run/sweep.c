/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/sweep.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strv.h"
#include "base/vec.h"
#include "store/boots.h"

/* An object that is to go, with strings of our own. */
struct victim {
	uint32_t type;
	char *id, *name;
	const char *why;
};

VEC_DEFINE(victim_vec, struct victim);

struct hunt {
	const struct sweep *sweep;
	struct strv boots;
	struct victim_vec victims;
};

static bool is_old(const struct sweep *s, const struct cirrus_object *o)
{
	return s->older_than_ns > 0 && o->created_ns > 0 &&
	       clock_epoch() - o->created_ns > s->older_than_ns;
}

/* Why the object is to go; NULL: it is not. */
static const char *reason(const struct hunt *h, const struct cirrus_object *o)
{
	const struct sweep *s = h->sweep;

	switch (owner_judge(o->labels, o->n_labels, s->self,
			    (const char *const *)h->boots.v)) {
	case OWNER_ALIVE:
		return NULL;
	case OWNER_DEAD:
		if (!owner_is_kept(o->labels, o->n_labels))
			return "its run has ended";
		return s->kept ? "left by --keep" : NULL;
	case OWNER_UNKNOWN:
		break;
	}
	if (s->all)
		return "asked for all";
	return is_old(s, o) ? "old enough" : NULL;
}

static cirrus_status on_object(void *ctx, const struct cirrus_object *o)
{
	struct hunt *h = ctx;
	struct victim v = {.type = o->type, .why = reason(h, o)};

	if (!v.why)
		return CIRRUS_OK;
	v.id = xstrdup(o->id);
	v.name = xstrdup(o->name && *o->name ? o->name : o->id);
	victim_vec_push(&h->victims, v);
	return CIRRUS_OK;
}

static const char *type_name(uint32_t type)
{
	static const char *const names[] = {
		[CIRRUS_OBJECT_INSTANCE] = "environment",
		[CIRRUS_OBJECT_VOLUME] = "volume",
		[CIRRUS_OBJECT_IMAGE] = "image",
		[CIRRUS_OBJECT_OTHER] = "object",
	};

	return type < ARRAY_LEN(names) && names[type] ? names[type] : "object";
}

static int remove_one(const struct sweep *s, const struct victim *v,
		      struct error **err)
{
	struct cirrus_object o = {.struct_size = sizeof(o),
				  .type = v->type,
				  .id = v->id,
				  .name = v->name};
	struct call_options opts = {.cancel_fd = s->cancel_fd,
				    .deadline_ns = clock_after_ms(30000)};
	bool removed = !s->dry_run &&
		       conn_object_delete(s->conn, &opts, &o, err) == CIRRUS_OK;

	if (s->found)
		s->found(s->ctx, type_name(v->type), v->name, v->why, removed);
	return removed || s->dry_run ? 0 : -1;
}

/* Environments first: they hold on to volumes and images. */
static int remove_all(const struct hunt *h, struct error **err)
{
	int r = 0;

	for (int first = 1; first >= 0; first--)
		for (size_t i = 0; i < h->victims.len; i++) {
			const struct victim *v = &h->victims.ptr[i];

			if ((v->type == CIRRUS_OBJECT_INSTANCE) != first)
				continue;
			if (remove_one(h->sweep, v, err) < 0)
				r = -1;
		}
	return r;
}

static void hunt_clear(struct hunt *h)
{
	for (size_t i = 0; i < h->victims.len; i++) {
		free(h->victims.ptr[i].id);
		free(h->victims.ptr[i].name);
	}
	victim_vec_clear(&h->victims);
	strv_clear(&h->boots);
}

int sweep_run(const struct sweep *s, struct error **err)
{
	struct hunt h = {.sweep = s};
	struct cirrus_list_spec spec = {.struct_size = sizeof(spec),
					.label_key = OWNER_LABEL_RUN};
	struct cirrus_sink sink = {&h, on_object};
	struct call_options o = {.cancel_fd = s->cancel_fd,
				 .deadline_ns = clock_after_ms(60000)};
	char host[256] = "";
	int r;

	gethostname(host, sizeof(host) - 1);
	boots_load(host, s->self->boot, &h.boots);
	r = conn_list(s->conn, &o, &spec, &sink, err) == CIRRUS_OK ? 0 : -1;
	if (r == 0)
		r = remove_all(&h, err);
	hunt_clear(&h);
	return r;
}
