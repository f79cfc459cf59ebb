/* SPDX-License-Identifier: MIT */
/* The Docker backend: finds the engine; the rest is sdk/lib/engine.h. */
#include "config.h"

#include <cirrus/sdk.h>
#include <stdio.h>

#include "plugins/docker/endpoint.h"
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

static cirrus_status docker_open(const struct cirrus_call *call,
				 const struct cirrus_config *config,
				 cirrus_conn **out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_ENDPOINT struct endpoint e = {0};
	cirrus_status s;

	if (docker_endpoint(config, &e, &err) < 0)
		return fault_report(call, &err);
	s = engine_open(call, config,
			&(struct engine_options){.endpoint = &e,
						 .store = AUTH_STORE_DOCKER,
						 .command = "docker"},
			out);
	if (s == CIRRUS_OK && engine_facts(*out)->is_podman)
		cirrus_logf(call, CIRRUS_LOG_INFO,
			    "docker: the engine is Podman %s",
			    engine_facts(*out)->version);
	return s;
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
	CIRRUS_ENGINE_OPERATIONS,
};

CIRRUS_REGISTER_BACKEND(docker, table);
