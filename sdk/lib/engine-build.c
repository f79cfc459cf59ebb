/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/progress.h"
#include "sdk/lib/url.h"

/* { key: value, ... } as the text of a query. */
static void query_kv(struct buf *path, const char *key,
		     const struct cirrus_kv *kv, size_t n)
{
	cJSON *o = cJSON_CreateObject();
	AUTO_FREE char *text = NULL;

	for (size_t i = 0; i < n; i++)
		cJSON_AddStringToObject(o, kv[i].key, kv[i].value);
	text = cj_print(&o);
	if (n)
		url_query(path, key, text);
}

static void build_path(const cirrus_conn *c,
		       const struct cirrus_build_spec *spec, struct buf *path)
{
	AUTO_FREE char *platform = engine_platform(spec->platform);

	engine_path(c, path, "/build?rm=1&forcerm=1");
	for (const char *const *t = spec->tags; t && *t; t++)
		url_query(path, "t", *t);
	url_query(path, "dockerfile", spec->dockerfile);
	url_query(path, "target", spec->target);
	url_query(path, "platform", platform);
	query_kv(path, "buildargs", spec->args, spec->n_args);
	query_kv(path, "labels", spec->labels, spec->n_labels);
	if (spec->flags & CIRRUS_BUILD_PULL)
		url_query(path, "pull", "1");
}

/* What the engine says at the end ("... returned a non-zero code: 9"), and the
 * last line of what it ran, which says more. */
static cirrus_status explain(const struct progress *p, cirrus_status s,
			     struct error **err)
{
	if (s < 0 && p->error.len && p->last_line[0] &&
	    !strstr(p->error.data, p->last_line))
		error_hint(err, "last line of output: %s", p->last_line);
	return s;
}

static cirrus_status build(cirrus_conn *c, const struct cirrus_call *call,
			   const struct cirrus_build_spec *spec,
			   const char *header,
			   const struct cirrus_reader *context,
			   struct progress *progress, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_MESSAGE);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	cirrus_status s;

	build_path(c, spec, &path);
	if (path.overflow)
		return fault_set(err, CIRRUS_E_INVAL,
				 "build: too many arguments");
	s = engine_request(
		c, call,
		&(struct http_request){.method = "POST",
				       .path = path.data,
				       .header = header,
				       .content_type = "application/x-tar",
				       .reader = context,
				       .take = progress_take,
				       .ctx = progress,
				       .changes = true},
		&reply, "build", err);
	if (s < 0)
		return s;
	return explain(progress, progress_end(progress, "build", err), err);
}

static cirrus_status find_image(cirrus_conn *c, const struct cirrus_call *call,
				const struct cirrus_build_spec *spec,
				const struct progress *progress,
				struct cirrus_image_info *out,
				struct error **err)
{
	const char *tag = spec->tags ? spec->tags[0] : NULL;

	if (progress->id[0])
		return engine_inspect_image(c, call, progress->id, out, err);
	if (tag)
		return engine_inspect_image(c, call, tag, out, err);
	return fault_set(err, CIRRUS_E_FAILED,
			 "build: the engine did not tell the image's id");
}

cirrus_status cirrus_engine_image_build(cirrus_conn *c,
					const struct cirrus_call *call,
					const struct cirrus_build_spec *given,
					const struct cirrus_reader *context,
					const struct cirrus_writer *log,
					struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_PROGRESS struct progress progress = PROGRESS_INIT(call);
	AUTO_FREE char *value = NULL, *header = NULL;
	struct cirrus_build_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	/* Podman has one builder for everything. */
	s = call_check(call, "build", spec.flags,
		       CIRRUS_BUILD_PULL |
			       (c->facts.is_podman ? CIRRUS_BUILD_BUILDKIT : 0),
		       spec.required);
	if (s == CIRRUS_OK)
		s = auth_build_header(call, c->options.store, spec.registries,
				      &value);
	if (s < 0)
		return s;
	if (value)
		header = xasprintf("X-Registry-Config: %s", value);
	progress.log = log;
	s = build(c, call, &spec, header, context, &progress, &err);
	if (s == CIRRUS_OK)
		s = find_image(c, call, &spec, &progress, out, &err);
	return fault_report_as(call, s, &err);
}
