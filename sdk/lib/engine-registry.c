/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/progress.h"
#include "sdk/lib/url.h"

/* --- pull ------------------------------------------------------------------------ */

static char *auth_line(const struct auth *a)
{
	AUTO_FREE char *value = auth_header(a);

	return value ? xasprintf("X-Registry-Auth: %s", value) : NULL;
}

static void pull_path(const cirrus_conn *c,
		      const struct cirrus_image_spec *spec, struct buf *path)
{
	AUTO_FREE char *platform = engine_platform(spec->platform);

	engine_path(c, path, "/images/create");
	url_query(path, "fromImage", spec->ref);
	if (!strchr(spec->ref, '@') && !engine_tag_of(spec->ref))
		url_query(path, "tag", "latest"); /* else Docker takes all */
	url_query(path, "platform", platform);
}

static cirrus_status pull_stream(cirrus_conn *c, const struct cirrus_call *call,
				 const struct cirrus_image_spec *spec,
				 const struct auth *auth, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *header = auth_line(auth);
	AUTO_FREE char *what = xasprintf("pull of %s", spec->ref);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_PROGRESS struct progress progress = PROGRESS_INIT(call);
	struct http_request rq = {.method = "POST",
				  .header = header,
				  .take = progress_take,
				  .ctx = &progress};
	cirrus_status s;

	pull_path(c, spec, &path);
	rq.path = path.data;
	s = engine_request(c, call, &rq, &reply, what, err);
	return s < 0 ? s : progress_end(&progress, what, err);
}

/* In the words of Go, as both engines pass them on. */
static bool is_unreachable(const struct error *err)
{
	static const char *const words[] = {
		"connection refused", "no such host", "i/o timeout",
		"no route to host", "network is unreachable"};

	for (size_t i = 0; err && i < ARRAY_LEN(words); i++)
		if (strstr(err->msg, words[i]))
			return true;
	return false;
}

/* What a person can do about it. */
static void hint_at_pull(cirrus_conn *c, cirrus_status s,
			 const struct auth *auth, const char *ref,
			 struct error **err)
{
	AUTO_FREE char *registry = auth_registry(ref);

	if (s == CIRRUS_E_AUTH && auth_found(auth))
		error_hint(err,
			   "the registry refused the credentials it was "
			   "given; log in again with: %s login %s",
			   c->options.command, registry);
	else if (s == CIRRUS_E_AUTH)
		error_hint(err, "log in with: %s login %s", c->options.command,
			   registry);
	else if (s == CIRRUS_E_NOTFOUND)
		error_hint(err, "is the name right, and is the image public?");
	else if (err && is_unreachable(*err))
		error_hint(err,
			   "the engine does not reach the registry %s: is "
			   "there a network, is the name right?",
			   registry);
}

static cirrus_status pull(cirrus_conn *c, const struct cirrus_call *call,
			  const struct cirrus_image_spec *spec,
			  const struct auth *auth,
			  struct cirrus_image_info *out, struct error **err)
{
	AUTO_FREE char *platform = engine_platform(spec->platform);
	cirrus_status s = pull_stream(c, call, spec, auth, err);

	if (s < 0) {
		hint_at_pull(c, s, auth, spec->ref, err);
		return s;
	}
	s = engine_inspect_image(c, call, spec->ref, out, err);
	if (s < 0)
		return s;
	if (!engine_is_platform(out, spec->platform))
		return fault_set(err, CIRRUS_E_INVAL,
				 "image %s is for %s/%s, there is none for %s",
				 spec->ref, out->os, out->arch, platform);
	return CIRRUS_OK;
}

cirrus_status cirrus_engine_image_pull(cirrus_conn *c,
				       const struct cirrus_call *call,
				       const struct cirrus_image_spec *spec,
				       struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_AUTH struct auth auth = {0};
	cirrus_status s = engine_check_image(call, spec);

	if (s < 0)
		return s;
	s = auth_for_image(call, c->options.store, spec->ref, &auth);
	if (s < 0)
		return s;
	return fault_report_as(call, pull(c, call, spec, &auth, out, &err),
			       &err);
}

/* --- push ------------------------------------------------------------------------ */

static void push_path(const cirrus_conn *c, const char *ref, struct buf *path)
{
	const char *tag = engine_tag_of(ref);
	AUTO_FREE char *name =
		xstrndup(ref, tag ? (size_t)(tag - ref) : strlen(ref));

	engine_path(c, path, "/images/");
	url_quote_path(path, name);
	buf_adds(path, "/push");
	url_query(path, "tag", tag ? tag + 1 : "latest");
}

static cirrus_status push(cirrus_conn *c, const struct cirrus_call *call,
			  const char *ref, const struct auth *auth,
			  struct cirrus_image_info *out, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *header = auth_line(auth);
	AUTO_FREE char *what = xasprintf("push of %s", ref);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_PROGRESS struct progress progress = PROGRESS_INIT(call);
	/* Docker insists on the header; this one is an empty object. */
	struct http_request rq = {.method = "POST",
				  .header = header ? header
						   : "X-Registry-Auth: e30=",
				  .take = progress_take,
				  .ctx = &progress,
				  .changes = true};
	cirrus_status s;

	push_path(c, ref, &path);
	rq.path = path.data;
	s = engine_request(c, call, &rq, &reply, what, err);
	if (s == CIRRUS_OK)
		s = progress_end(&progress, what, err);
	if (s < 0) {
		hint_at_pull(c, s, auth, ref, err);
		return s;
	}
	s = engine_inspect_image(c, call, ref, out, err);
	if (progress.digest[0])
		snprintf(out->digest, sizeof(out->digest), "%s",
			 progress.digest);
	return s;
}

cirrus_status cirrus_engine_image_push(cirrus_conn *c,
				       const struct cirrus_call *call,
				       const struct cirrus_image_spec *spec,
				       struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_AUTH struct auth auth = {0};
	cirrus_status s = engine_check_image(call, spec);

	if (s == CIRRUS_OK)
		s = auth_for_image(call, c->options.store, spec->ref, &auth);
	if (s < 0)
		return s;
	return fault_report_as(call, push(c, call, spec->ref, &auth, out, &err),
			       &err);
}
