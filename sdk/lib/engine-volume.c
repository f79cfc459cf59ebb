/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/url.h"

static cirrus_status check_spec(const struct cirrus_call *call,
				const struct cirrus_volume_spec *v)
{
	if (!v->name || !*v->name)
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "a volume without a name");
	if (v->source)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "volume %s: this engine cannot copy "
				     "volumes",
				     v->name);
	return call_check(call, v->name, v->flags,
			  CIRRUS_VOLUME_SHARED | CIRRUS_VOLUME_MEMORY,
			  v->required);
}

static void volume_path(const cirrus_conn *c, struct buf *path,
			const char *name)
{
	engine_path(c, path, "/volumes/");
	url_quote(path, name);
}

/* A tmpfs of the local driver: unlike one that is mounted for the container alone,
 * it is within the archive endpoints' reach.  Podman takes `size` for a quota of a
 * disk; the kernel knows the same as a number of pages, and a page is no smaller
 * than this. */
static void put_memory(const cirrus_conn *c, cJSON *body, int64_t size)
{
	AUTO_FREE char *limit = xstrdup("");
	AUTO_FREE char *options = NULL;
	cJSON *driver = cj_put_object(body, "DriverOpts");

	if (size > 0) {
		free(limit);
		limit = c->facts.is_podman
				? xasprintf(",nr_blocks=%lld",
					    (long long)(size / 4096))
				: xasprintf(",size=%lld", (long long)size);
	}
	options = xasprintf("mode=0777%s", limit);
	cj_put_str(body, "Driver", "local");
	cj_put_str(driver, "type", "tmpfs");
	cj_put_str(driver, "device", "tmpfs");
	cj_put_str(driver, "o", options);
}

cirrus_status engine_make_volume(cirrus_conn *c, const struct cirrus_call *call,
				 const struct cirrus_volume_spec *v,
				 char **path_out, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_FREE char *what = xasprintf("volume %s", v->name);
	AUTO_FREE char *body = NULL;
	AUTO_CJ cJSON *answer = NULL;
	cJSON *o = cJSON_CreateObject();
	cirrus_status s;

	cj_put_str(o, "Name", v->name);
	cj_put_kv(o, "Labels", v->labels, v->n_labels);
	if (v->flags & CIRRUS_VOLUME_MEMORY)
		put_memory(c, o, v->size_bytes);
	body = cj_print(&o);
	engine_path(c, &path, "/volumes/create");
	s = engine_request(
		c, call,
		&(struct http_request){.method = "POST",
				       .path = path.data,
				       .content_type = "application/json",
				       .body = body,
				       .changes = true,
				       .makes = true},
		&reply, what, err);
	if (s < 0 || !path_out)
		return s;
	answer = cj_parse(reply.body.data, reply.body.len);
	*path_out = xstrdup(cj_str(answer, "Mountpoint"));
	return s;
}

cirrus_status engine_find_volume(cirrus_conn *c, const struct cirrus_call *call,
				 const char *name, char **path_out,
				 struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *what = xasprintf("volume %s", name);
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s;

	volume_path(c, &path, name);
	s = engine_get(c, call, path.data, what, &o, err);
	if (s == CIRRUS_OK && path_out)
		*path_out = xstrdup(cj_str(o, "Mountpoint"));
	return s;
}

cirrus_status engine_remove_volume(cirrus_conn *c,
				   const struct cirrus_call *call,
				   const char *name, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *what = xasprintf("volume %s", name);

	volume_path(c, &path, name);
	return engine_delete_path(c, call, path.data, what, err);
}

/* Engines answer with the volume that is there already, whoever made it. */
static cirrus_status create(cirrus_conn *c, const struct cirrus_call *call,
			    const struct cirrus_volume_spec *v,
			    struct error **err)
{
	AUTO_ERROR struct error *why = NULL;
	cirrus_status s = engine_find_volume(c, call, v->name, NULL, &why);

	if (s == CIRRUS_OK)
		return fault_set(err, CIRRUS_E_EXISTS,
				 "volume %s exists already", v->name);
	if (s == CIRRUS_E_NOTFOUND)
		return engine_make_volume(c, call, v, NULL, err);
	*err = STEAL_PTR(why);
	return s;
}

cirrus_status cirrus_engine_volume_create(
	cirrus_conn *c, const struct cirrus_call *call,
	const struct cirrus_volume_spec *given)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_volume_spec v;
	cirrus_status s;

	CIRRUS_COPY(&v, given);
	s = check_spec(call, &v);
	if (s < 0)
		return s;
	return fault_report_as(call, create(c, call, &v, &err), &err);
}

cirrus_status cirrus_engine_volume_delete(
	cirrus_conn *c, const struct cirrus_call *call,
	const struct cirrus_volume_spec *given)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_volume_spec v;
	cirrus_status s;

	CIRRUS_COPY(&v, given);
	s = check_spec(call, &v);
	if (s < 0)
		return s;
	return fault_report_as(
		call, engine_remove_volume(c, call, v.name, &err), &err);
}
