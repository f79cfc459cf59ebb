/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plugins/docker/endpoint.h"

#include <cJSON.h>
#include <cirrus/sdk.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/hash.h"

static const struct endpoint_client client = {"docker", "--host"};

static const char start_hint[] =
	"is the Docker daemon running? start it: sudo systemctl start docker";

static const char tls_hint[] =
	"TLS needs DOCKER_TLS_VERIFY=1, and in DOCKER_CERT_PATH, or in the "
	"context, a ca.pem, cert.pem and key.pem that fit the engine's";

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && v[0] ? v : NULL;
}

static const char *option(const struct cirrus_config *config, const char *key)
{
	const char *v = cirrus_kv_get(config->kv, config->n_kv, key, NULL);

	return v && v[0] ? v : NULL;
}

char *docker_config_dir(void)
{
	if (env("DOCKER_CONFIG"))
		return xstrdup(env("DOCKER_CONFIG"));
	return xasprintf("%s/.docker", env("HOME") ? env("HOME") : "");
}

/* Takes DIR/name where it exists. */
static char *file_in(const char *dir, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	return access(path, F_OK) == 0 ? STEAL_PTR(path) : NULL;
}

static void take_tls_files(const char *dir, struct endpoint *e)
{
	e->ca = file_in(dir, "ca.pem");
	e->cert = file_in(dir, "cert.pem");
	e->key = file_in(dir, "key.pem");
}

static int check_pair(const struct endpoint *e, const char *dir,
		      struct error **err)
{
	if (!e->cert == !e->key)
		return 0;
	return error_set(err, ERR_CONFIG, "%s: %s.pem without %s.pem", dir,
			 e->cert ? "cert" : "key", e->cert ? "key" : "cert");
}

/* TLS as the environment wants it, for a host that no context describes. */
static int tls_from_env(struct endpoint *e, struct error **err)
{
	bool verify = env("DOCKER_TLS_VERIFY");
	AUTO_FREE char *dir = env("DOCKER_CERT_PATH")
				      ? xstrdup(env("DOCKER_CERT_PATH"))
				      : docker_config_dir();

	if (!e->host || !(verify || env("DOCKER_TLS") || e->tls))
		return 0;
	e->tls = true;
	e->insecure = !verify && env("DOCKER_TLS");
	take_tls_files(dir, e);
	if (env("DOCKER_CERT_PATH") && verify && !e->ca) {
		error_set(err, ERR_CONFIG, "DOCKER_CERT_PATH: no ca.pem in %s",
			  dir);
		return error_hint(err, "%s", tls_hint);
	}
	return check_pair(e, dir, err);
}

/* --- contexts -------------------------------------------------------------- */

static cJSON *read_json(const char *path, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);
	cJSON *root;

	if (file_read(path, &text, err) < 0)
		return NULL;
	root = cJSON_ParseWithLength(text.data, text.len);
	if (!cJSON_IsObject(root)) {
		cJSON_Delete(root);
		error_set(err, ERR_CONFIG, "%s: not a JSON object", path);
		return NULL;
	}
	return root;
}

static int context_endpoint(const char *meta, const cJSON *root,
			    struct endpoint *out, struct error **err)
{
	const cJSON *endpoints =
		cJSON_GetObjectItemCaseSensitive(root, "Endpoints");
	const cJSON *docker =
		cJSON_GetObjectItemCaseSensitive(endpoints, "docker");
	const char *host = cJSON_GetStringValue(
		cJSON_GetObjectItemCaseSensitive(docker, "Host"));

	if (!host || !host[0])
		return error_set(err, ERR_CONFIG,
				 "%s: no Endpoints.docker.Host", meta);
	if (endpoint_parse(host, &client, out, err) < 0)
		return -1;
	out->insecure = cJSON_IsTrue(
		cJSON_GetObjectItemCaseSensitive(docker, "SkipTLSVerify"));
	return 0;
}

/* Contexts are kept below the SHA-256 of their names. */
static int from_context(const char *dir, const char *name, struct endpoint *out,
			struct error **err)
{
	char sha[HASH_TEXT];
	AUTO_FREE char *meta = NULL;
	AUTO_FREE char *tls = NULL;
	cJSON *root;
	int rc;

	hash_of(HASH_SHA256, name, strlen(name), sha);
	meta = xasprintf("%s/contexts/meta/%s/meta.json", dir, sha);
	tls = xasprintf("%s/contexts/tls/%s/docker", dir, sha);
	if (access(meta, F_OK) < 0) {
		error_set(err, ERR_CONFIG,
			  "docker context \"%s\" not found below %s", name,
			  dir);
		return error_hint(err, "docker context ls");
	}
	root = read_json(meta, err);
	if (!root)
		return -1;
	rc = context_endpoint(meta, root, out, err);
	cJSON_Delete(root);
	if (rc < 0 || !out->host)
		return rc;
	take_tls_files(tls, out);
	out->tls |= out->ca || out->cert || out->insecure;
	return check_pair(out, tls, err);
}

/* The context in use, for free(); NULL where there is none.  A config.json that
 * cannot be read is an error: it may name another engine. */
static int current_context(const char *dir, char **name, struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/config.json", dir);
	const char *current;
	cJSON *root;

	if (env("DOCKER_CONTEXT")) {
		*name = xstrdup(env("DOCKER_CONTEXT"));
		return 0;
	}
	if (access(path, F_OK) < 0)
		return 0;
	root = read_json(path, err);
	if (!root)
		return -1;
	current = cJSON_GetStringValue(
		cJSON_GetObjectItemCaseSensitive(root, "currentContext"));
	*name = xstrdup_or_null(current && current[0] ? current : NULL);
	cJSON_Delete(root);
	return 0;
}

/* --- the default ----------------------------------------------------------------- */

/* The system's socket, or where there is none that of the user's own daemon. */
static char *default_socket(void)
{
	static const char shared[] = "/var/run/docker.sock";
	char *own = NULL;

	if (access(shared, F_OK) == 0)
		return xstrdup(shared);
	if (env("XDG_RUNTIME_DIR"))
		own = file_in(env("XDG_RUNTIME_DIR"), "docker.sock");
	if (!own && env("HOME"))
		own = file_in(env("HOME"), ".docker/run/docker.sock");
	return own ? own : xstrdup(shared);
}

static int from_default(struct endpoint *out, struct error **err)
{
	AUTO_FREE char *path = default_socket();

	return endpoint_parse(path, &client, out, err);
}

static int from_host(const char *host, struct endpoint *out, struct error **err)
{
	if (endpoint_parse(host, &client, out, err) < 0)
		return -1;
	return tls_from_env(out, err);
}

static int find(const struct cirrus_config *config, struct endpoint *out,
		struct error **err)
{
	AUTO_FREE char *dir = docker_config_dir();
	AUTO_FREE char *context = NULL;

	if (option(config, "host"))
		return from_host(option(config, "host"), out, err);
	context = xstrdup_or_null(option(config, "context"));
	if (!context && env("DOCKER_HOST"))
		return from_host(env("DOCKER_HOST"), out, err);
	if (!context && current_context(dir, &context, err) < 0)
		return -1;
	if (context && strcmp(context, "default") != 0)
		return from_context(dir, context, out, err);
	return from_default(out, err);
}

int docker_endpoint(const struct cirrus_config *config, struct endpoint *out,
		    struct error **err)
{
	if (find(config, out, err) < 0)
		return -1;
	endpoint_finish(out);
	out->start_hint = start_hint;
	out->tls_hint = tls_hint;
	return 0;
}

/* Whether neither the environment nor a context says which engine. */
static bool is_default(void)
{
	AUTO_FREE char *dir = docker_config_dir();
	AUTO_FREE char *context = NULL;

	if (env("DOCKER_HOST") || current_context(dir, &context, NULL) < 0)
		return false;
	return !context || strcmp(context, "default") == 0;
}

void docker_client_options(const struct cirrus_config *config,
			   struct strv *argv)
{
	AUTO_FREE char *path = NULL;

	if (option(config, "host")) {
		strv_push(argv, "--host");
		strv_push(argv, option(config, "host"));
	} else if (option(config, "context")) {
		strv_push(argv, "--context");
		strv_push(argv, option(config, "context"));
	} else if (is_default()) {
		path = default_socket();
		strv_push(argv, "--host");
		strv_pushf(argv, "unix://%s", path);
	}
}
