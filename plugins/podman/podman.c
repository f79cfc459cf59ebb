/* SPDX-License-Identifier: MIT */
/* The backend for Podman: an existing service, or one of our own for as long as
 * the connection lives.  What it does is in sdk/lib/engine.h. */
#include "config.h"

#include <cirrus/backend.h>
#include <cirrus/sdk.h>
#include <unistd.h>

#include "plugins/podman/find.h"
#include "plugins/podman/rootless.h"
#include "plugins/podman/service.h"
#include "sdk/lib/engine.h"
#include "sdk/lib/fault.h"

/* --- probing ------------------------------------------------------------------- */

static int probe_service(const struct cirrus_call *call, struct endpoint *e,
			 struct cirrus_probe *out, struct error **err)
{
	struct engine_facts facts = {0};

	snprintf(out->endpoint, sizeof(out->endpoint), "%s", e->url);
	if (engine_ping(call, e, &facts, err) != CIRRUS_OK)
		return -1;
	if (!facts.is_podman)
		return error_set(err, ERR_BACKEND, "%s is not Podman",
				 out->endpoint);
	if (podman_judge_version(facts.version, err) < 0)
		return -1;
	snprintf(out->reason, sizeof(out->reason), "Podman %s", facts.version);
	return 0;
}

/* Whether a service could be started, without starting it. */
static int probe_program(const struct cirrus_call *call,
			 const struct cirrus_config *config,
			 const char *program, struct cirrus_probe *out,
			 struct error **err)
{
	AUTO_FREE char *warning = NULL;
	struct rootless self;
	char version[64];

	snprintf(out->endpoint, sizeof(out->endpoint), "%s", program);
	rootless_self(&self);
	if (self.uid != 0 && rootless_check(&self, &warning, err) < 0)
		return -1;
	if (podman_check_version(call, program, config->cache_dir, version,
				 err) < 0)
		return -1;
	snprintf(out->reason, sizeof(out->reason), "Podman %s%s%s%s", version,
		 self.uid != 0 ? ", rootless" : "", warning ? "; " : "",
		 warning ? warning : "");
	return 0;
}

/* A Podman that cannot be used is no failure of the probe: score 0, and why,
 * with what to try on a line of its own. */
static cirrus_status podman_probe(const struct cirrus_call *call,
				  const struct cirrus_config *config,
				  struct cirrus_probe *out)
{
	AUTO_FOUND struct found f = {0};
	AUTO_ERROR struct error *err = NULL;
	int rc = podman_find(config, &f, &err);

	if (rc == 0 && f.service.url)
		rc = probe_service(call, &f.service, out, &err);
	else if (rc == 0)
		rc = probe_program(call, config, f.program, out, &err);
	out->score = rc == 0 ? 100 : 0;
	if (rc < 0)
		snprintf(out->reason, sizeof(out->reason), "%s%s%s", err->msg,
			 err->hint ? "\n" : "", err->hint ? err->hint : "");
	return CIRRUS_OK;
}

/* --- opening -------------------------------------------------------------------- */

static void end_service(void *owner, const struct cirrus_call *call)
{
	(void)call;
	service_end(owner);
}

/* A service that answers, and where it does. */
static cirrus_status start_service(const struct cirrus_call *call,
				   const struct cirrus_config *config,
				   struct found *f, struct service **out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *warning = NULL;
	struct rootless self;
	struct service *s;

	rootless_self(&self);
	if (self.uid != 0 && rootless_check(&self, &warning, &err) < 0)
		return fault_report(call, &err);
	if (warning)
		cirrus_logf(call, CIRRUS_LOG_WARN, "podman: %s", warning);
	s = service_start(f->program, config->runtime_dir, &err);
	if (!s)
		return fault_report(call, &err);
	if (service_await(s, call, &err) < 0) {
		service_end(s);
		return fault_report(call, &err);
	}
	f->service.unix_path = xstrdup(service_socket(s));
	f->service.url = xasprintf("unix://%s", service_socket(s));
	*out = s;
	return CIRRUS_OK;
}

/* Its version is known only now. */
static cirrus_status check_engine(const struct cirrus_call *call,
				  const cirrus_conn *c)
{
	AUTO_ERROR struct error *err = NULL;
	const struct engine_facts *facts = engine_facts(c);

	if (!facts->is_podman)
		error_set(&err, ERR_BACKEND,
			  "what answers is not Podman but Docker %s",
			  facts->version);
	else if (podman_judge_version(facts->version, &err) == 0)
		return CIRRUS_OK;
	return fault_report(call, &err);
}

static cirrus_status podman_open(const struct cirrus_call *call,
				 const struct cirrus_config *config,
				 cirrus_conn **out)
{
	AUTO_FOUND struct found f = {0};
	AUTO_ERROR struct error *err = NULL;
	struct engine_options options = {
		.endpoint = &f.service,
		.store = AUTH_STORE_PODMAN,
		.command = "podman",
		.owner_close = end_service,
	};
	struct service *service = NULL;
	cirrus_status s = CIRRUS_OK;

	if (podman_find(config, &f, &err) < 0)
		return fault_report(call, &err);
	if (!f.service.url)
		s = start_service(call, config, &f, &service);
	if (s != CIRRUS_OK)
		return s;
	options.owner = service;
	options.is_private = service != NULL;
	s = engine_open(call, config, &options, out);
	if (s != CIRRUS_OK) {
		service_end(service);
		return s;
	}
	s = check_engine(call, *out);
	if (s != CIRRUS_OK) {
		cirrus_engine_close(*out, call);
		*out = NULL;
	}
	return s;
}

/* --- the table ------------------------------------------------------------------- */

static const struct cirrus_option option_host = {
	.struct_size = sizeof(option_host),
	.type = CIRRUS_OPT_STRING,
	.name = "host",
	.help = "address of a Podman service; else one is found or started",
};
static const struct cirrus_option option_program = {
	.struct_size = sizeof(option_program),
	.type = CIRRUS_OPT_STRING,
	.name = "program",
	.help = "the podman that starts a service; else podman in PATH",
};
static const struct cirrus_option *const options[] = {&option_host,
						      &option_program, NULL};

static const struct cirrus_option *const no_options[] = {NULL};

static const struct cirrus_kind container = {
	.struct_size = sizeof(container),
	.name = "container",
	.capabilities = {CIRRUS_ENGINE_CAPABILITIES},
	.options = no_options,
};
static const struct cirrus_kind *const kinds[] = {&container, NULL};

static const struct cirrus_backend podman = {
	.struct_size = sizeof(podman),
	.abi_major = CIRRUS_ABI_MAJOR,
	.abi_minor = CIRRUS_ABI_MINOR,
	.name = "podman",
	.longname = "Podman",
	.version = PACKAGE_VERSION,
	.description = "containers on Podman, rootless or rootful",
	.url = "https://podman.io",
	.options = options,
	.kinds = kinds,
	.probe = podman_probe,
	.open = podman_open,
	CIRRUS_ENGINE_OPERATIONS,
};

CIRRUS_REGISTER_BACKEND(podman, podman);
