/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/fd.h"

static const struct part {
	const char *name;
	uint32_t type;
} parts[] = {{"i", CIRRUS_OBJECT_INSTANCE},
	     {"v", CIRRUS_OBJECT_VOLUME},
	     {"m", CIRRUS_OBJECT_IMAGE}};

VEC_DEFINE(kv_vec, struct cirrus_kv);

/* The labels of a record, as they were given; the strings are the parts'. */
static void labels_of(const struct strv *spec, struct strv *text,
		      struct kv_vec *out)
{
	const char *line;
	size_t at = 0;

	while ((line = spec_next(spec, "label", &at)))
		strv_split(text, line, '\t');
	for (size_t i = 0; i + 1 < text->len; i += 2)
		kv_vec_push(out,
			    (struct cirrus_kv){text->v[i], text->v[i + 1]});
}

static bool wanted(const struct kv_vec *labels,
		   const struct cirrus_list_spec *spec)
{
	if (!spec->label_key)
		return true;
	for (size_t i = 0; i < labels->len; i++)
		if (strcmp(labels->ptr[i].key, spec->label_key) == 0)
			return !spec->label_value ||
			       strcmp(labels->ptr[i].value,
				      spec->label_value) == 0;
	return false;
}

static cirrus_status emit(const cirrus_conn *c, const char *dir, const char *id,
			  uint32_t type, const struct cirrus_list_spec *want,
			  const struct cirrus_sink *sink)
{
	AUTO_STRV struct strv spec = {0};
	AUTO_STRV struct strv text = {0};
	struct kv_vec labels = {0};
	struct cirrus_object o = {.struct_size = sizeof(o), .type = type};
	cirrus_status s = CIRRUS_OK;
	struct stat st;

	/* one that is being made, or just went */
	if (spec_load(&spec, dir, NULL) < 0 || stat(dir, &st) < 0)
		return CIRRUS_OK;
	labels_of(&spec, &text, &labels);
	o.id = id;
	o.name = spec_get(&spec, "name") ? spec_get(&spec, "name") : id;
	o.labels = labels.ptr;
	o.n_labels = labels.len;
	if (!MUTATED(c, CREATED))
		o.created_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 +
			       st.st_mtim.tv_nsec;
	if (wanted(&labels, want))
		s = sink->object(sink->ctx, &o);
	kv_vec_clear(&labels);
	return s;
}

static cirrus_status list_part(const cirrus_conn *c, const struct part *part,
			       const struct cirrus_list_spec *spec,
			       const struct cirrus_sink *sink)
{
	AUTO_FREE char *path = xasprintf("%s/%s", c->state, part->name);
	DIR *d = opendir(path);
	struct dirent *e;
	cirrus_status s = CIRRUS_OK;

	while (d && s == CIRRUS_OK && (e = readdir(d))) {
		AUTO_FREE char *dir = xasprintf("%s/%s", path, e->d_name);

		if (e->d_name[0] != '.')
			s = emit(c, dir, e->d_name, part->type, spec, sink);
	}
	if (d)
		closedir(d);
	return s;
}

cirrus_status list(cirrus_conn *c, const struct cirrus_call *call,
		   const struct cirrus_list_spec *in,
		   const struct cirrus_sink *sink)
{
	struct cirrus_list_spec spec = {0};
	cirrus_status s = call_begin(call, c);

	if (in)
		CIRRUS_COPY(&spec, in);
	if (s == CIRRUS_OK)
		s = unknown_bits(c, call, spec.flags, 0, spec.required);
	for (size_t i = 0; s == CIRRUS_OK && i < ARRAY_LEN(parts); i++) {
		s = list_part(c, &parts[i], &spec, sink);
		if (s != CIRRUS_OK)
			return cirrus_errorf(call, s, NULL,
					     "the listing was stopped");
	}
	return s;
}

static cirrus_status delete_instance(cirrus_conn *c,
				     const struct cirrus_call *call,
				     const char *id)
{
	cirrus_instance *it = NULL;
	cirrus_status s = instance_open(c, call, id, &it);

	return s == CIRRUS_OK ? instance_delete(it, call) : s;
}

cirrus_status object_delete(cirrus_conn *c, const struct cirrus_call *call,
			    const struct cirrus_object *in)
{
	AUTO_FREE char *dir = NULL;
	struct cirrus_object o;
	struct stat st;
	cirrus_status s = call_begin(call, c);

	CIRRUS_COPY(&o, in);
	if (s != CIRRUS_OK)
		return s;
	if (o.type == CIRRUS_OBJECT_INSTANCE)
		return delete_instance(c, call, o.id);
	if (o.type != CIRRUS_OBJECT_VOLUME && o.type != CIRRUS_OBJECT_IMAGE)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "no objects of type %u", (unsigned)o.type);
	dir = xasprintf("%s/%s/%s", c->state,
			o.type == CIRRUS_OBJECT_VOLUME ? "v" : "m", o.id);
	if (stat(dir, &st) < 0 || dir_remove(dir) < 0)
		return fail_errno(call, errno, "cannot remove %s", o.id);
	return CIRRUS_OK;
}
