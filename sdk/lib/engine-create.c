/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/idle.h"
#include "sdk/lib/tarfilter.h"
#include "sdk/lib/url.h"

/* What keeps an idle environment alive: a program of ours or, on engines of a
 * kind that we have none for, any shell and sleep; as process 1 it has to trap
 * what should end it. */
static const char *const idle_argv[] = {IDLE_PATH, NULL};
static const char *const idle_shell_argv[] = {
	"/bin/sh", "-c",
	"trap 'exit 0' TERM INT; while :; do sleep 3600 & wait; done", NULL};

/* One container that is being asked for. */
struct wish {
	cirrus_conn *conn;
	const struct cirrus_call *call;
	const struct cirrus_group_spec *group;
	const struct cirrus_instance_spec *spec;
	const char *joins; /* whose network; NULL: the main one, has its own */
	const char *name;  /* of the container */
	const struct buf *idle; /* the program for IDLE; empty: there is none */
	cJSON *config, *host;
	struct mounting mounting;
};

/* --- devices, ports -------------------------------------------------------------- */

/* A device by its CDI name ("nvidia.com/gpu=all"): Podman takes it for a path. */
static void add_named_device(struct wish *w, const struct cirrus_device *d)
{
	cJSON *list = cJSON_GetObjectItem(w->host, "DeviceRequests");
	cJSON *o = cJSON_CreateObject();
	cJSON *ids;

	if (!list)
		list = cJSON_AddArrayToObject(w->host, "DeviceRequests");
	cJSON_AddItemToArray(list, o);
	cj_put_str(o, "Driver", "cdi");
	ids = cJSON_AddArrayToObject(o, "DeviceIDs");
	cJSON_AddItemToArray(ids, cJSON_CreateString(d->name));
}

static cirrus_status add_device(struct wish *w,
				const struct cirrus_device *given)
{
	struct cirrus_device d;
	cJSON *list = cJSON_GetObjectItem(w->host, "Devices");
	cJSON *o;

	CIRRUS_COPY(&d, given);
	if (d.name[0] != '/' && !strchr(d.name, '='))
		return cirrus_errorf(w->call, CIRRUS_E_NOTSUP,
				     "name it as KIND=WHICH, as CDI does",
				     "device %s is neither path nor CDI name",
				     d.name);
	if (d.name[0] != '/' && !w->conn->facts.is_podman) {
		add_named_device(w, &d);
		return CIRRUS_OK;
	}
	if (!list)
		list = cJSON_AddArrayToObject(w->host, "Devices");
	o = cJSON_CreateObject();
	cj_put_str(o, "PathOnHost", d.name);
	cj_put_str(o, "PathInContainer", d.name);
	cj_put_str(o, "CgroupPermissions", "rwm");
	cJSON_AddItemToArray(list, o);
	return CIRRUS_OK;
}

static void add_port(struct wish *w, const struct cirrus_port *given)
{
	struct cirrus_port p;
	char inside[16], outside[8] = "";
	cJSON *list, *o = cJSON_CreateObject();

	CIRRUS_COPY(&p, given);
	snprintf(inside, sizeof(inside), "%u/tcp", p.inside);
	if (p.outside)
		snprintf(outside, sizeof(outside), "%u", p.outside);
	cj_put_object(cj_put_object(w->config, "ExposedPorts"), inside);
	list = cJSON_AddArrayToObject(cj_put_object(w->host, "PortBindings"),
				      inside);
	cJSON_AddStringToObject(o, "HostIp", "127.0.0.1");
	cJSON_AddStringToObject(o, "HostPort", outside);
	cJSON_AddItemToArray(list, o);
}

/* The network is the main container's, and so are the ports of all. */
static void add_ports(struct wish *w)
{
	for (size_t i = 0; i < w->group->n_members && !w->joins; i++) {
		struct cirrus_instance_spec member;

		CIRRUS_COPY(&member, w->group->members[i]);
		for (size_t k = 0; k < member.n_ports; k++)
			add_port(w, member.ports[k]);
	}
}

/* --- the whole ---------------------------------------------------------------------- */

static void add_command(struct wish *w)
{
	const char *const *entrypoint = w->spec->entrypoint;
	const char *const *command = w->spec->command;

	if (w->spec->flags & CIRRUS_INSTANCE_IDLE) {
		entrypoint = w->idle->len ? idle_argv : idle_shell_argv;
		command = NULL;
	} else if (entrypoint && !*entrypoint && command && *command) {
		/* "No entrypoint" has no spelling that both engines take. */
		entrypoint = command;
		command = NULL;
	}
	cj_put_strv(w->config, "Entrypoint", entrypoint);
	cj_put_strv(w->config, "Cmd", command);
}

/* The input stays open until whoever attached first has left, so that it can be
 * given at the start. */
static void add_input(struct wish *w)
{
	bool input = !(w->spec->flags & CIRRUS_INSTANCE_IDLE);

	cj_put_bool(w->config, "AttachStdin", input);
	cj_put_bool(w->config, "AttachStdout", input);
	cj_put_bool(w->config, "AttachStderr", input);
	cj_put_bool(w->config, "OpenStdin", input);
	cj_put_bool(w->config, "StdinOnce", input);
}

/* Its output is taken as it comes.  A log of it would cost the engine more than
 * the output itself, and fill the machine's disk. */
static void add_logging(struct wish *w)
{
	if (w->spec->flags & CIRRUS_INSTANCE_UNLOGGED)
		cj_put_str(cj_put_object(w->host, "LogConfig"), "Type", "none");
}

static void add_labels(struct wish *w)
{
	const struct cirrus_group_spec *g = w->group;

	cj_put_kv(w->config, "Labels", g->notes, g->n_notes);
	cj_put_kv(w->config, "Labels", g->labels, g->n_labels);
}

static void add_network(struct wish *w)
{
	AUTO_FREE char *joined = NULL;

	if (w->joins) {
		joined = xasprintf("container:%s", w->joins);
		cj_put_str(w->host, "NetworkMode", joined);
		return;
	}
	cj_put_str(w->config, "Hostname", w->spec->hostname);
	if (w->group->net_mode == CIRRUS_NET_NONE)
		cj_put_str(w->host, "NetworkMode", "none");
	else if (w->group->net_mode == CIRRUS_NET_NAMED)
		cj_put_str(w->host, "NetworkMode", w->group->net_name);
	else if (w->conn->facts.is_podman)
		/* What its own client takes.  Left out, rootless Podman
		 * builds a bridge as Docker would, at three times the cost. */
		cj_put_str(w->host, "NetworkMode", "private");
}

static cirrus_status build(struct wish *w)
{
	const struct cirrus_instance_spec *s = w->spec;
	cirrus_status status;

	cj_put_str(w->config, "Image", s->image);
	cj_put_strv(w->config, "Env", s->env);
	cj_put_str(w->config, "WorkingDir", s->workdir);
	cj_put_str(w->config, "User", s->user);
	cj_put_int(w->host, "NanoCpus", s->nano_cpus);
	cj_put_int(w->host, "Memory", s->memory_bytes);
	/* Memory and swap together: the limit is what the file says. */
	cj_put_int(w->host, "MemorySwap", s->memory_bytes);
	cj_put_bool(w->host, "Privileged",
		    s->flags & CIRRUS_INSTANCE_PRIVILEGED);
	add_command(w);
	add_input(w);
	add_logging(w);
	add_labels(w);
	add_network(w);
	add_ports(w);
	w->mounting = (struct mounting){.conn = w->conn,
					.call = w->call,
					.group = w->group,
					.name = w->name,
					.config = w->config,
					.host = w->host};
	status = engine_add_mounts(&w->mounting, s->mounts, s->n_mounts);
	for (size_t i = 0; i < s->n_devices && status == CIRRUS_OK; i++)
		status = add_device(w, s->devices[i]);
	return status;
}

static cirrus_status send(struct wish *w, char *body, cirrus_instance **out,
			  struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *what =
		xasprintf("container of image %s", w->spec->image);
	AUTO_FREE char *platform = engine_platform(w->spec->platform);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s;

	engine_path(w->conn, &path, "/containers/create");
	url_query(&path, "name", w->name);
	url_query(&path, "platform", platform);
	s = engine_request(
		w->conn, w->call,
		&(struct http_request){.method = "POST",
				       .path = path.data,
				       .content_type = "application/json",
				       .body = body,
				       .changes = true,
				       .makes = true},
		&reply, what, err);
	if (reply.lost)
		cirrus_logf(w->call, CIRRUS_LOG_WARN,
			    "the engine did not tell whether it made container "
			    "%s; `cirrus clean` removes it",
			    w->name);
	if (s < 0)
		return s;
	o = cj_parse(reply.body.data, reply.body.len);
	if (!*cj_str(o, "Id"))
		return fault_set(err, CIRRUS_E_LOST,
				 "%s: the engine did not tell its id", what);
	*out = engine_instance_new(w->conn, cj_str(o, "Id"), w->name);
	(*out)->has_input = !(w->spec->flags & CIRRUS_INSTANCE_IDLE);
	return CIRRUS_OK;
}

static cirrus_status check_member(const struct cirrus_call *call,
				  const struct cirrus_instance_spec *m)
{
	cirrus_status s =
		call_check(call, "instance", m->flags,
			   CIRRUS_INSTANCE_PRIVILEGED | CIRRUS_INSTANCE_IDLE |
				   CIRRUS_INSTANCE_UNLOGGED,
			   m->required);

	if (s == CIRRUS_OK)
		s = cirrus_check_enum(call, "pull policy", m->pull_policy,
				      CIRRUS_PULL_DEFAULT, CIRRUS_PULL_NEVER);
	if (s == CIRRUS_OK && (!m->image || !*m->image))
		s = cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				  "an instance without an image");
	return s;
}

static cirrus_status put_idle(const struct wish *w, cirrus_instance *it,
			      struct error **err)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_LINE);
	char head[TAR_BLOCK];

	tar_program(head, IDLE_PATH + 1, w->idle->len);
	buf_add(&tar, head, sizeof(head));
	buf_add(&tar, w->idle->data, w->idle->len);
	buf_add(&tar, tar_trailer, TAR_BLOCK - w->idle->len % TAR_BLOCK);
	buf_add(&tar, tar_trailer, sizeof(tar_trailer));
	return engine_put(it, w->call, "/", &tar, it->name, err);
}

static cirrus_status create_member(struct wish *w, cirrus_instance **out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_CJ cJSON *config = cJSON_CreateObject();
	AUTO_FREE char *body = NULL;
	cirrus_status s;

	w->config = config;
	w->host = cj_put_object(config, "HostConfig");
	s = build(w);
	if (s < 0) {
		cow_undo(&w->mounting.cow, w->conn);
		return s; /* reported */
	}
	body = cj_print(&config);
	s = send(w, body, out, &err);
	if (*out)
		(*out)->cow = w->mounting.cow;
	else
		cow_undo(&w->mounting.cow, w->conn);
	if (s == CIRRUS_OK && w->spec->flags & CIRRUS_INSTANCE_IDLE &&
	    w->idle->len)
		s = put_idle(w, *out, &err);
	return fault_report_as(w->call, s, &err);
}

/* Nothing has happened yet, for any member. */
static cirrus_status check_group(const struct cirrus_call *call,
				 const struct cirrus_group_spec *g)
{
	cirrus_status s = call_check(call, "group", g->flags,
				     CIRRUS_GROUP_EXPOSE, g->required);

	if (s == CIRRUS_OK)
		s = cirrus_check_enum(call, "network", g->net_mode,
				      CIRRUS_NET_DEFAULT, CIRRUS_NET_NAMED);
	if (s == CIRRUS_OK && g->n_members == 0)
		s = cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				  "a group without members");
	for (size_t i = 0; i < g->n_members && s == CIRRUS_OK; i++) {
		struct cirrus_instance_spec m;

		CIRRUS_COPY(&m, g->members[i]);
		s = check_member(call, &m);
	}
	return s;
}

/* The program that the engine's kernel can run, where a member is to idle. */
static cirrus_status find_idle(cirrus_conn *c, const struct cirrus_call *call,
			       const struct cirrus_group_spec *g,
			       struct buf *idle)
{
	struct cirrus_system_info info = {.struct_size = sizeof(info)};
	uint32_t flags = 0;
	cirrus_status s;

	for (size_t i = 0; i < g->n_members; i++)
		flags |= g->members[i]->flags;
	if (!(flags & CIRRUS_INSTANCE_IDLE))
		return CIRRUS_OK;
	s = cirrus_engine_system_info(c, call, g->kind, &info);
	if (s == CIRRUS_OK && !idle_program(info.arch, idle))
		cirrus_logf(call, CIRRUS_LOG_DEBUG,
			    "no idle program for %s: the image's shell is used",
			    info.arch);
	return s;
}

static char *choose_name(const struct cirrus_group_spec *g)
{
	char random[17];

	if (g->name && *g->name)
		return xstrdup(g->name);
	random_hex(random, 8);
	return xasprintf("cirrus-%s", random);
}

cirrus_status cirrus_engine_instance_create(cirrus_conn *c,
					    const struct cirrus_call *call,
					    const struct cirrus_group_spec *g,
					    cirrus_instance **out)
{
	AUTO_FREE char *group_name = choose_name(g);
	AUTO_BUF struct buf idle = BUF_INIT(BUF_LINE);
	cirrus_status s = check_group(call, g);

	if (s == CIRRUS_OK)
		s = find_idle(c, call, g, &idle);
	for (size_t i = 0; i < g->n_members && s == CIRRUS_OK; i++) {
		AUTO_FREE char *name = NULL;
		struct cirrus_instance_spec spec;
		struct wish w = {.conn = c, .call = call, .group = g};

		CIRRUS_COPY(&spec, g->members[i]);
		name = i ? xasprintf("%s-%s", group_name,
				     spec.name ? spec.name : "")
			 : xstrdup(group_name);
		w.spec = &spec;
		w.name = name;
		w.joins = i ? out[0]->id : NULL;
		w.idle = &idle;
		s = create_member(&w, &out[i]);
	}
	return s;
}
