/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/url.h"

/* --- what is asked for -------------------------------------------------------- */

char *engine_platform(const struct cirrus_platform *p)
{
	const char *variant;

	if (!p)
		return NULL;
	variant = p->variant && *p->variant ? p->variant : NULL;
	return xasprintf("%s/%s%s%s", p->os ? p->os : "linux",
			 p->arch ? p->arch : "", variant ? "/" : "",
			 variant ? variant : "");
}

/* Where the tag of a reference begins (at its colon); NULL: it has none. */
const char *engine_tag_of(const char *ref)
{
	const char *slash = strrchr(ref, '/');

	return strchr(slash ? slash : ref, ':');
}

cirrus_status engine_check_image(const struct cirrus_call *call,
				 const struct cirrus_image_spec *spec)
{
	if (!spec->ref || !*spec->ref)
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "no image is named");
	return call_check(call, spec->ref, spec->flags, 0, spec->required);
}

/* --- inspect -------------------------------------------------------------------- */

static void fill(const cJSON *o, struct cirrus_image_info *out)
{
	const cJSON *digest = cJSON_GetArrayItem(cj_at(o, "RepoDigests"), 0);
	const char *at = cJSON_IsString(digest)
				 ? strchr(digest->valuestring, '@')
				 : NULL;

	out->struct_size = sizeof(*out);
	out->size_bytes = cj_int(o, "Size");
	cj_copy(o, "Id", out->id, sizeof(out->id));
	cj_copy(o, "Os", out->os, sizeof(out->os));
	cj_copy(o, "Architecture", out->arch, sizeof(out->arch));
	cj_copy(o, "Config.User", out->user, sizeof(out->user));
	cj_copy(o, "Config.WorkingDir", out->workdir, sizeof(out->workdir));
	if (at)
		snprintf(out->digest, sizeof(out->digest), "%s", at + 1);
}

bool engine_is_platform(const struct cirrus_image_info *i,
			const struct cirrus_platform *p)
{
	return !p || ((!p->os || !*p->os || strcmp(i->os, p->os) == 0) &&
		      (!p->arch || !*p->arch || strcmp(i->arch, p->arch) == 0));
}

cirrus_status engine_inspect_image(cirrus_conn *c,
				   const struct cirrus_call *call,
				   const char *ref,
				   struct cirrus_image_info *out,
				   struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *what = xasprintf("image %s", ref);
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s;

	engine_path(c, &path, "/images/");
	url_quote_path(&path, ref);
	buf_adds(&path, "/json");
	s = engine_get(c, call, path.data, what, &o, err);
	if (s < 0)
		return s;
	fill(o, out);
	return CIRRUS_OK;
}

static cirrus_status inspect(cirrus_conn *c, const struct cirrus_call *call,
			     const struct cirrus_image_spec *spec,
			     struct cirrus_image_info *out, struct error **err)
{
	AUTO_FREE char *platform = engine_platform(spec->platform);
	cirrus_status s = engine_inspect_image(c, call, spec->ref, out, err);

	if (s < 0)
		return s;
	if (!engine_is_platform(out, spec->platform))
		return fault_set(err, CIRRUS_E_NOTFOUND,
				 "image %s is here for %s/%s, not for %s",
				 spec->ref, out->os, out->arch, platform);
	return CIRRUS_OK;
}

cirrus_status cirrus_engine_image_inspect(cirrus_conn *c,
					  const struct cirrus_call *call,
					  const struct cirrus_image_spec *spec,
					  struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	cirrus_status s = engine_check_image(call, spec);

	if (s < 0)
		return s;
	return fault_report_as(call, inspect(c, call, spec, out, &err), &err);
}

/* --- delete ------------------------------------------------------------------------ */

cirrus_status cirrus_engine_image_delete(cirrus_conn *c,
					 const struct cirrus_call *call,
					 const struct cirrus_image_spec *spec)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *what = NULL;
	cirrus_status s = engine_check_image(call, spec);

	if (s < 0)
		return s;
	what = xasprintf("image %s", spec->ref);
	engine_path(c, &path, "/images/");
	url_quote_path(&path, spec->ref);
	return fault_report_as(
		call, engine_delete_path(c, call, path.data, what, &err), &err);
}

/* --- snapshot ---------------------------------------------------------------------- */

static void commit_path(const cirrus_instance *it,
			const struct cirrus_snapshot_spec *spec,
			struct buf *path)
{
	const char *name = spec->name ? spec->name : "";
	const char *tag = engine_tag_of(name);
	AUTO_FREE char *repo =
		xstrndup(name, tag ? (size_t)(tag - name) : strlen(name));

	engine_path(it->conn, path, "/commit");
	url_query(path, "container", it->id);
	url_query(path, "repo", repo);
	if (*repo)
		url_query(path, "tag", tag ? tag + 1 : "latest");
	for (size_t i = 0; i < spec->n_labels; i++) {
		AUTO_FREE char *label =
			xasprintf("LABEL %s=%s", spec->labels[i].key,
				  spec->labels[i].value);

		url_query(path, "changes", label);
	}
}

static cirrus_status commit(cirrus_instance *it, const struct cirrus_call *call,
			    const struct cirrus_snapshot_spec *spec,
			    struct cirrus_image_info *out, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s;

	commit_path(it, spec, &path);
	s = engine_request(
		it->conn, call,
		&(struct http_request){.method = "POST",
				       .path = path.data,
				       .content_type = "application/json",
				       .body = "{}",
				       .changes = true},
		&reply, it->name, err);
	if (s < 0)
		return s;
	o = cj_parse(reply.body.data, reply.body.len);
	return engine_inspect_image(it->conn, call, cj_str(o, "Id"), out, err);
}

cirrus_status cirrus_engine_instance_snapshot(
	cirrus_instance *it, const struct cirrus_call *call,
	const struct cirrus_snapshot_spec *given, struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_snapshot_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = call_check(call, "snapshot", spec.flags, 0, spec.required);
	if (s < 0)
		return s;
	return fault_report_as(call, commit(it, call, &spec, out, &err), &err);
}
