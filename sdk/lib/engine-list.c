/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/url.h"

/* What the engine keeps of each kind of object, and where its answer has it. */
struct shelf {
	uint32_t type;
	const char *path;  /* of the list, to which the filter is added */
	const char *items; /* member that holds the array; NULL: the answer */
	const char *id, *created;
};
static const struct shelf shelves[] = {
	{CIRRUS_OBJECT_INSTANCE, "/containers/json?all=1", NULL, "Id",
	 "Created"},
	{CIRRUS_OBJECT_VOLUME, "/volumes", "Volumes", "Name", "CreatedAt"},
	{CIRRUS_OBJECT_IMAGE, "/images/json", NULL, "Id", "Created"},
};

/* "2026-11-23T19:04:00.5+01:00" in nanoseconds since the epoch; 0: unknown. */
static int64_t parse_time(const char *text)
{
	struct tm tm = {0};
	int hours = 0, minutes = 0;
	char sign = '+';
	const char *zone;
	int64_t at;

	if (sscanf(text, "%d-%d-%dT%d:%d:%d", &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	zone = strpbrk(text + 11, "+-");
	if (zone && sscanf(zone, "%c%d:%d", &sign, &hours, &minutes) != 3)
		return 0;
	at = timegm(&tm) -
	     (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return at * NS_PER_S;
}

static int64_t created_ns(const cJSON *o, const char *member)
{
	const cJSON *v = cj_at(o, member);

	return cJSON_IsString(v) ? parse_time(v->valuestring)
				 : cj_int(o, member) * NS_PER_S;
}

/* A container's names begin with a slash; an image's are its tags. */
static const char *name_of(const cJSON *o, const struct shelf *shelf)
{
	const char *list =
		shelf->type == CIRRUS_OBJECT_IMAGE ? "RepoTags" : "Names";
	const cJSON *first = cJSON_GetArrayItem(cj_at(o, list), 0);
	const char *name = cJSON_IsString(first) ? first->valuestring
						 : cj_str(o, shelf->id);

	return *name == '/' ? name + 1 : name;
}

static size_t read_labels(const cJSON *o, struct cirrus_kv **out)
{
	const cJSON *labels = cj_at(o, "Labels"), *l;
	size_t n = 0;

	*out = xcalloc((size_t)cJSON_GetArraySize(labels) + 1, sizeof(**out));
	cJSON_ArrayForEach(l, labels)
	{
		if (!cJSON_IsString(l))
			continue;
		(*out)[n].key = l->string;
		(*out)[n++].value = l->valuestring;
	}
	return n;
}

static cirrus_status hand_on(const cJSON *o, const struct shelf *shelf,
			     const struct cirrus_sink *sink)
{
	AUTO_FREE struct cirrus_kv *labels = NULL;
	struct cirrus_object object = {.struct_size = sizeof(object),
				       .type = shelf->type,
				       .id = cj_str(o, shelf->id),
				       .name = name_of(o, shelf),
				       .size_bytes = cj_int(o, "Size"),
				       .created_ns =
					       created_ns(o, shelf->created)};

	object.n_labels = read_labels(o, &labels);
	object.labels = labels;
	return sink->object(sink->ctx, &object);
}

static char *filter_of(const struct cirrus_list_spec *spec)
{
	cJSON *o = cJSON_CreateObject();
	AUTO_FREE char *label = NULL;

	if (spec->label_key) {
		label = spec->label_value ? xasprintf("%s=%s", spec->label_key,
						      spec->label_value)
					  : xstrdup(spec->label_key);
		cj_put_strv(o, "label", (const char *const[]){label, NULL});
	}
	return cj_print(&o);
}

static cirrus_status list_shelf(cirrus_conn *c, const struct cirrus_call *call,
				const struct shelf *shelf, const char *filter,
				const struct cirrus_sink *sink,
				struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_CJ cJSON *answer = NULL;
	const cJSON *items, *item;
	cirrus_status s;

	engine_path(c, &path, "%s", shelf->path);
	url_query(&path, "filters", filter);
	s = engine_get(c, call, path.data, "list", &answer, err);
	if (s < 0)
		return s;
	items = shelf->items ? cj_at(answer, shelf->items) : answer;
	cJSON_ArrayForEach(item, items)
	{
		s = hand_on(item, shelf, sink);
		if (s < 0)
			return fault_set(err, s, "list: %s",
					 cirrus_status_text(s));
	}
	return CIRRUS_OK;
}

cirrus_status cirrus_engine_list(cirrus_conn *c, const struct cirrus_call *call,
				 const struct cirrus_list_spec *given,
				 const struct cirrus_sink *sink)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *filter = NULL;
	struct cirrus_list_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = call_check(call, "list", spec.flags, 0, spec.required);
	if (s < 0)
		return s;
	filter = filter_of(&spec);
	for (size_t i = 0; i < ARRAY_LEN(shelves) && s == CIRRUS_OK; i++)
		s = list_shelf(c, call, &shelves[i], filter, sink, &err);
	return fault_report_as(call, s, &err);
}

/* --- deleting what a list told of -------------------------------------------------- */

cirrus_status engine_delete_path(cirrus_conn *c, const struct cirrus_call *call,
				 const char *path, const char *what,
				 struct error **err)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;

	/* Doing it twice does no harm: a broken connection is tried again. */
	return engine_request(
		c, call,
		&(struct http_request){.method = "DELETE", .path = path},
		&reply, what, err);
}

static cirrus_status delete_object(cirrus_conn *c,
				   const struct cirrus_call *call,
				   const struct cirrus_object *o,
				   struct error **err)
{
	static const char *const places[][2] = {
		[CIRRUS_OBJECT_INSTANCE] = {"containers", "?force=1&v=1"},
		[CIRRUS_OBJECT_VOLUME] = {"volumes", ""},
		[CIRRUS_OBJECT_IMAGE] = {"images", ""},
	};
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	const char *name = o->name && *o->name ? o->name : o->id;

	if (o->type >= ARRAY_LEN(places) || !places[o->type][0])
		return fault_set(err, CIRRUS_E_NOTSUP,
				 "%s: not a kind of object this engine has",
				 name);
	engine_path(c, &path, "/%s/", places[o->type][0]);
	url_quote_path(&path, o->id);
	buf_adds(&path, places[o->type][1]);
	return engine_delete_path(c, call, path.data, name, err);
}

/* Somebody else is removing it right now. */
static bool is_going(cirrus_status s, const struct error *err)
{
	return s == CIRRUS_E_CONFLICT && strstr(err->msg, "in progress");
}

/* Gone, and not only going. */
static cirrus_status delete_and_wait(cirrus_conn *c,
				     const struct cirrus_call *call,
				     const struct cirrus_object *o,
				     struct error **err)
{
	int64_t until = clock_after_ms(10 * 1000);

	for (;;) {
		AUTO_ERROR struct error *why = NULL;
		cirrus_status s = delete_object(c, call, o, &why);

		if (!is_going(s, why) || clock_now() > until ||
		    fd_wait(-1, 0, call_cancel_fd(call), clock_after_ms(50)) !=
			    FD_TIMEOUT) {
			*err = STEAL_PTR(why);
			return s;
		}
	}
}

cirrus_status cirrus_engine_object_delete(cirrus_conn *c,
					  const struct cirrus_call *call,
					  const struct cirrus_object *given)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_object o;
	cirrus_status s;

	CIRRUS_COPY(&o, given);
	s = delete_and_wait(c, call, &o, &err);
	if (s == CIRRUS_E_NOTFOUND)
		return CIRRUS_OK; /* gone already */
	return fault_report_as(call, s, &err);
}
