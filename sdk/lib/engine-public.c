/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <cirrus/engine.h>
#include <stdio.h>

#include "base/mem.h"
#include "sdk/lib/endpoint.h"
#include "sdk/lib/engine.h"
#include "sdk/lib/fault.h"

static int find(const struct cirrus_engine_spec *s, struct endpoint *out,
		struct error **err)
{
	const struct endpoint_client client = {.name = s->command,
					       .path_option = "--host"};

	if (s->flags)
		return error_set(err, ERR_USAGE, "unknown flags");
	if (endpoint_parse(s->url, &client, out, err) < 0)
		return -1;
	out->ca = xstrdup_or_null(s->ca);
	out->cert = xstrdup_or_null(s->cert);
	out->key = xstrdup_or_null(s->key);
	endpoint_finish(out);
	return 0;
}

void engine_describe(cirrus_status s, const struct engine_facts *facts,
		     const struct error *err, struct cirrus_probe *out)
{
	out->struct_size = sizeof(*out);
	out->score = s == CIRRUS_OK ? 100 : 0;
	if (s == CIRRUS_OK)
		snprintf(out->reason, sizeof(out->reason), "%s %s",
			 facts->is_podman ? "Podman" : "Docker Engine",
			 facts->version);
	else
		snprintf(out->reason, sizeof(out->reason), "%s%s%s", err->msg,
			 err->hint ? "\n" : "", err->hint ? err->hint : "");
}

cirrus_status cirrus_engine_probe(const struct cirrus_call *call,
				  const struct cirrus_engine_spec *given,
				  struct cirrus_probe *out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_ENDPOINT struct endpoint e = {0};
	struct engine_facts facts = {0};
	struct cirrus_engine_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	snprintf(out->endpoint, sizeof(out->endpoint), "%s", spec.url);
	s = find(&spec, &e, &err) < 0 ? fault_status(err)
				      : engine_ping(call, &e, &facts, &err);
	if (s == CIRRUS_E_CANCELLED)
		return fault_report_as(call, s, &err);
	engine_describe(s, &facts, err, out);
	return CIRRUS_OK;
}

cirrus_status cirrus_engine_open(const struct cirrus_call *call,
				 const struct cirrus_config *config,
				 const struct cirrus_engine_spec *given,
				 cirrus_conn **out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_ENDPOINT struct endpoint e = {0};
	struct cirrus_engine_spec spec;

	CIRRUS_COPY(&spec, given);
	if (find(&spec, &e, &err) < 0)
		return fault_report(call, &err);
	return engine_open(
		call, config,
		&(struct engine_options){
			.endpoint = &e,
			.store = spec.store == CIRRUS_ENGINE_STORE_PODMAN
					 ? AUTH_STORE_PODMAN
					 : AUTH_STORE_DOCKER,
			.command = spec.command},
		out);
}
