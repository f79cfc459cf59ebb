/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/url.h"

cirrus_instance *engine_instance_new(cirrus_conn *c, const char *id,
				     const char *name)
{
	cirrus_instance *it = xcalloc(1, sizeof(*it));

	it->conn = c;
	it->id = xstrdup(id);
	it->name = xstrdup(name);
	pthread_mutex_init(&it->main_lock, NULL);
	pthread_mutex_init(&it->exposed_lock, NULL);
	return it;
}

void engine_instance_free(cirrus_instance *it)
{
	if (!it)
		return;
	attachment_end(it->attachment);
	exposure_end(it->exposed);
	direct_cool(it);
	pthread_mutex_destroy(&it->main_lock);
	pthread_mutex_destroy(&it->exposed_lock);
	cow_clear(&it->cow);
	free(it->id);
	free(it->name);
	free(it);
}

void cirrus_engine_instance_release(cirrus_instance *it)
{
	engine_instance_free(it);
}

cirrus_status engine_inspect(cirrus_instance *it,
			     const struct cirrus_call *call, cJSON **out,
			     struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);

	engine_path(it->conn, &path, "/containers/%s/json", it->id);
	return engine_get(it->conn, call, path.data, it->name, out, err);
}

cirrus_status engine_post(cirrus_instance *it, const struct cirrus_call *call,
			  const char *path, struct error **err)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;

	return engine_request(it->conn, call,
			      &(struct http_request){.method = "POST",
						     .path = path,
						     .changes = true},
			      &reply, it->name, err);
}

static cirrus_status open_instance(cirrus_conn *c,
				   const struct cirrus_call *call,
				   const char *id, cirrus_instance **out,
				   struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *what = xasprintf("container %s", id);
	AUTO_CJ cJSON *o = NULL;
	const char *name;
	cirrus_status s;

	engine_path(c, &path, "/containers/");
	url_quote(&path, id);
	buf_adds(&path, "/json");
	s = engine_get(c, call, path.data, what, &o, err);
	if (s < 0)
		return s;
	name = cj_str(o, "Name");
	*out = engine_instance_new(c, cj_str(o, "Id"),
				   *name == '/' ? name + 1 : name);
	(*out)->has_input = cj_bool(o, "Config.OpenStdin");
	cow_recall(&(*out)->cow, o);
	return CIRRUS_OK;
}

cirrus_status cirrus_engine_instance_open(cirrus_conn *c,
					  const struct cirrus_call *call,
					  const char *id, cirrus_instance **out)
{
	AUTO_ERROR struct error *err = NULL;

	return fault_report_as(call, open_instance(c, call, id, out, &err),
			       &err);
}

cirrus_status cirrus_engine_instance_info(cirrus_instance *it,
					  const struct cirrus_call *call UNUSED,
					  struct cirrus_instance_info *out)
{
	const char *command = it->conn->options.command;

	out->struct_size = sizeof(*out);
	snprintf(out->id, sizeof(out->id), "%s", it->id);
	snprintf(out->attach, sizeof(out->attach), "%s exec -it %s sh", command,
		 it->name);
	snprintf(out->remove, sizeof(out->remove), "%s rm -f -v %s", command,
		 it->name);
	return CIRRUS_OK;
}

static cirrus_status delete_container(cirrus_instance *it,
				      const struct cirrus_call *call,
				      struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);

	engine_path(it->conn, &path, "/containers/%s?force=1&v=1", it->id);
	return engine_delete_path(it->conn, call, path.data, it->name, err);
}

cirrus_status cirrus_engine_instance_delete(cirrus_instance *it,
					    const struct cirrus_call *call)
{
	AUTO_ERROR struct error *err = NULL;
	cirrus_status s = delete_container(it, call, &err);

	/* Gone already, or somebody else is removing it right now. */
	if (s == CIRRUS_E_NOTFOUND ||
	    (s == CIRRUS_E_CONFLICT && strstr(err->msg, "in progress")))
		s = CIRRUS_OK;
	if (s == CIRRUS_OK) {
		error_free_ptr(&err);
		s = cow_delete(&it->cow, it->conn, call, &err);
	}
	if (s == CIRRUS_OK)
		engine_instance_free(it);
	return s == CIRRUS_OK ? s : fault_report_as(call, s, &err);
}

/* Engines count the grace in seconds, and would send TERM first also where
 * there is none. */
static cirrus_status stop(cirrus_instance *it, const struct cirrus_call *call,
			  uint32_t grace_ms, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_ERROR struct error *why = NULL;
	cirrus_status s;

	if (grace_ms == 0)
		engine_path(it->conn, &path, "/containers/%s/kill?signal=KILL",
			    it->id);
	else
		engine_path(it->conn, &path, "/containers/%s/stop?t=%u", it->id,
			    grace_ms / 1000 + (grace_ms % 1000 ? 1 : 0));
	s = engine_post(it, call, path.data, &why);
	/* To kill what does not run is a conflict, and what was wanted. */
	if (grace_ms == 0 && s == CIRRUS_E_CONFLICT)
		return CIRRUS_OK;
	*err = STEAL_PTR(why);
	return s;
}

cirrus_status cirrus_engine_instance_stop(cirrus_instance *it,
					  const struct cirrus_call *call,
					  const struct cirrus_stop_spec *given)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_stop_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = call_check(call, "stop", spec.flags, 0, spec.required);
	if (s < 0)
		return s;
	return fault_report_as(call, stop(it, call, spec.grace_ms, &err), &err);
}
