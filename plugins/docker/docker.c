/* SPDX-License-Identifier: MIT */
/* The Docker backend: finds the engine; the rest is sdk/lib/engine.h. */
#include "config.h"

#include <cirrus/sdk.h>
#include <stdio.h>

#include "plugins/docker/buildkit.h"
#include "plugins/docker/client.h"
#include "plugins/docker/endpoint.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine.h"
#include "sdk/lib/fault.h"

static cirrus_status look(const struct cirrus_call *call,
			  const struct cirrus_config *config,
			  struct cirrus_probe *out, struct engine_facts *facts,
			  struct error **err)
{
	AUTO_ENDPOINT struct endpoint e = {0};

	if (docker_endpoint(config, &e, err) < 0)
		return fault_status(*err);
	snprintf(out->endpoint, sizeof(out->endpoint), "%s", e.url);
	return engine_ping(call, &e, facts, err);
}

/* An engine that is not there is an answer, not a failure. */
static cirrus_status docker_probe(const struct cirrus_call *call,
				  const struct cirrus_config *config,
				  struct cirrus_probe *out)
{
	AUTO_ERROR struct error *err = NULL;
	struct engine_facts facts = {0};
	cirrus_status s = look(call, config, out, &facts, &err);

	if (s == CIRRUS_E_CANCELLED)
		return fault_report_as(call, s, &err);
	engine_describe(s, &facts, err, out);
	/* As it is not what the name promises. */
	if (s == CIRRUS_OK && facts.is_podman)
		snprintf(out->reason, sizeof(out->reason),
			 "Podman %s that answers for Docker", facts.version);
	return CIRRUS_OK;
}

static void end_client(void *owner, const struct cirrus_call *call UNUSED)
{
	client_free(owner);
}

static cirrus_status docker_open(const struct cirrus_call *call,
				 const struct cirrus_config *config,
				 cirrus_conn **out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_ENDPOINT struct endpoint e = {0};
	struct client *client;
	cirrus_status s;

	if (docker_endpoint(config, &e, &err) < 0)
		return fault_report(call, &err);
	client = client_new(call, config);
	s = engine_open(call, config,
			&(struct engine_options){.endpoint = &e,
						 .store = AUTH_STORE_DOCKER,
						 .command = "docker",
						 .owner = client,
						 .owner_close = end_client},
			out);
	if (s != CIRRUS_OK)
		client_free(client);
	else if (engine_facts(*out)->is_podman)
		cirrus_logf(call, CIRRUS_LOG_INFO,
			    "docker: the engine is Podman %s",
			    engine_facts(*out)->version);
	return s;
}

/* --- BuildKit ---------------------------------------------------------------- */

static bool has_buildkit(const cirrus_conn *c)
{
	const struct client *client = engine_owner(c);

	return !engine_facts(c)->is_podman && client->builder != CLIENT_NONE;
}

static cirrus_status docker_system_info(cirrus_conn *c,
					const struct cirrus_call *call,
					const char *kind,
					struct cirrus_system_info *out)
{
	cirrus_status s = cirrus_engine_system_info(c, call, kind, out);

	if (s == CIRRUS_OK && has_buildkit(c))
		cirrus_cap_set(out->capabilities, CIRRUS_CAP_BUILDKIT);
	return s;
}

static cirrus_status build(cirrus_conn *c, const struct cirrus_call *call,
			   const struct cirrus_build_spec *spec,
			   const struct cirrus_reader *context,
			   const struct cirrus_writer *log,
			   struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	const struct cirrus_image_spec image = {.struct_size = sizeof(image),
						.kind = spec->kind,
						.ref = spec->tags[0]};
	cirrus_status s =
		buildkit_build(engine_owner(c), call, spec, context, log, &err);

	if (s < 0)
		return fault_report_as(call, s, &err);
	return cirrus_engine_image_inspect(c, call, &image, out);
}

static cirrus_status docker_image_build(cirrus_conn *c,
					const struct cirrus_call *call,
					const struct cirrus_build_spec *given,
					const struct cirrus_reader *context,
					const struct cirrus_writer *log,
					struct cirrus_image_info *out)
{
	const uint32_t known = CIRRUS_BUILD_PULL | CIRRUS_BUILD_BUILDKIT;
	struct cirrus_build_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	if (!(spec.flags & CIRRUS_BUILD_BUILDKIT) || !has_buildkit(c))
		return cirrus_engine_image_build(c, call, given, context, log,
						 out);
	s = call_check(call, "build", spec.flags, known, spec.required);
	if (s == CIRRUS_OK && (!spec.tags || !spec.tags[0]))
		s = cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				  "build: BuildKit needs a name for the image");
	return s < 0 ? s : build(c, call, &spec, context, log, out);
}

static const struct cirrus_option host_option = {
	.struct_size = sizeof(host_option),
	.type = CIRRUS_OPT_STRING,
	.name = "host",
	.help = "address of the engine, as in DOCKER_HOST",
};
static const struct cirrus_option context_option = {
	.struct_size = sizeof(context_option),
	.type = CIRRUS_OPT_STRING,
	.name = "context",
	.help = "name of the docker context to use",
};
static const struct cirrus_option *const options[] = {&host_option,
						      &context_option, NULL};
static const struct cirrus_option *const no_options[] = {NULL};

static const struct cirrus_kind container = {
	.struct_size = sizeof(container),
	.capabilities = {CIRRUS_ENGINE_CAPABILITIES},
	.name = "container",
	.options = no_options,
};
static const struct cirrus_kind *const kinds[] = {&container, NULL};

static const struct cirrus_backend table = {
	.struct_size = sizeof(table),
	.abi_major = CIRRUS_ABI_MAJOR,
	.abi_minor = CIRRUS_ABI_MINOR,
	.name = "docker",
	.longname = "Docker Engine",
	.version = PACKAGE_VERSION,
	.description =
		"containers of a Docker engine, or of another with its API",
	.url = "https://docs.docker.com/engine/",
	.options = options,
	.kinds = kinds,
	.probe = docker_probe,
	.open = docker_open,
	.system_info = docker_system_info,
	.image_build = docker_image_build,
	CIRRUS_ENGINE_OTHER_OPERATIONS,
};

CIRRUS_REGISTER_BACKEND(docker, table);
