/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "auth.h"

#include <cJSON.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "authfile.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "fault.h"

static void wipe(char **s)
{
	if (*s)
		OPENSSL_cleanse(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

void auth_clear(struct auth *a)
{
	wipe(&a->username);
	wipe(&a->password);
	wipe(&a->identity_token);
	free(a->server);
	a->server = NULL;
}

bool auth_found(const struct auth *a)
{
	return a->password || a->identity_token;
}

/* --- image references ---------------------------------------------------------- */

/* A first component is a registry if it could not be a name on Docker Hub. */
static bool names_registry(const char *ref)
{
	size_t len = strcspn(ref, "/");

	if (ref[len] == '\0')
		return false;
	return memchr(ref, '.', len) || memchr(ref, ':', len) ||
	       (len == 9 && memcmp(ref, "localhost", 9) == 0);
}

char *auth_registry(const char *ref)
{
	if (!names_registry(ref))
		return xstrdup("docker.io");
	return authfile_host(ref);
}

/* The reference in full, without tag and digest: "docker.io/library/debian". */
static char *full_name(const char *ref)
{
	AUTO_FREE char *host = auth_registry(ref);
	const char *rest = names_registry(ref) ? strchr(ref, '/') + 1 : ref;
	const char *base = strrchr(rest, '/');
	size_t len = strcspn(rest, "@");
	const char *colon;

	base = base ? base + 1 : rest;
	colon = memchr(base, ':', strlen(base));
	if (colon && (size_t)(colon - rest) < len)
		len = (size_t)(colon - rest);
	return xasprintf("%s/%s%.*s", host,
			 base == rest && strcmp(host, "docker.io") == 0
				 ? "library/"
				 : "",
			 (int)len, rest);
}

/* --- looking up ----------------------------------------------------------------- */

/* The name by which the engines' API knows a registry. */
static char *api_server(const char *host)
{
	return xstrdup(strcmp(host, "docker.io") == 0 ? AUTH_HUB_SERVER : host);
}

static void tell_secrets(const struct cirrus_call *call, const struct auth *a)
{
	if (!CIRRUS_HAS(call->host, struct cirrus_host, secret) ||
	    !call->host->secret)
		return;
	if (a->password)
		call->host->secret(a->password);
	if (a->identity_token)
		call->host->secret(a->identity_token);
}

static cirrus_status ask_host(const struct cirrus_call *call, const char *host,
			      struct auth *out)
{
	struct cirrus_registry_auth given = {.struct_size = sizeof(given)};
	cirrus_status s;

	if (!CIRRUS_HAS(call->host, struct cirrus_host, registry_auth) ||
	    !call->host->registry_auth)
		return CIRRUS_OK;
	s = call->host->registry_auth(call, host, &given);
	if (s == CIRRUS_E_NOTFOUND)
		return CIRRUS_OK;
	if (s != CIRRUS_OK)
		return s;
	out->username = xstrdup_or_null(given.username);
	out->password = xstrdup_or_null(given.password);
	out->identity_token = xstrdup_or_null(given.identity_token);
	out->server = xstrdup_or_null(given.server);
	return CIRRUS_OK;
}

/* A failure that ends the call, or CIRRUS_OK where it was only worth a warning. */
static cirrus_status judge(const struct cirrus_call *call, struct error **err)
{
	bool over =
		call->deadline_ns && call->host->now_ns() >= call->deadline_ns;

	if ((*err)->code == ERR_CANCELLED ||
	    ((*err)->code == ERR_TIMEOUT && over))
		return fault_report(call, err);
	call->host->log(call, CIRRUS_LOG_WARN, (*err)->msg);
	return CIRRUS_OK;
}

/* What the store has for a name whose first part is the registry. */
static cirrus_status lookup_stored(const struct cirrus_call *call,
				   enum auth_store store, const char *name,
				   struct auth *out)
{
	AUTO_STRV struct strv paths = {0};
	cirrus_status s = CIRRUS_OK;

	authfile_paths(store, &paths);
	for (size_t i = 0; i < paths.len && s == 0 && !auth_found(out); i++) {
		AUTO_ERROR struct error *err = NULL;

		if (authfile_lookup(call, paths.v[i], name, out, &err) < 0)
			s = judge(call, &err);
	}
	tell_secrets(call, out);
	return s;
}

static cirrus_status lookup(const struct cirrus_call *call,
			    enum auth_store store, const char *host,
			    const char *name, struct auth *out)
{
	cirrus_status s = ask_host(call, host, out);

	if (s == CIRRUS_OK && !auth_found(out))
		s = lookup_stored(call, store, name, out);
	if (s == CIRRUS_OK && auth_found(out) && !out->server)
		out->server = api_server(host);
	return s;
}

cirrus_status auth_for_image(const struct cirrus_call *call,
			     enum auth_store store, const char *ref,
			     struct auth *out)
{
	AUTO_FREE char *host = auth_registry(ref);
	AUTO_FREE char *name = full_name(ref);

	return lookup(call, store, host, name, out);
}

/* --- headers ---------------------------------------------------------------------- */

/* base64 with the alphabet for URLs, padded. */
static char *encode(const char *text)
{
	size_t len = strlen(text);
	char *out = xmalloc((len + 2) / 3 * 4 + 1);

	EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)text,
			(int)len);
	for (char *p = out; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	return out;
}

static char *encode_json(cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);
	char *out = encode(text);

	wipe(&text);
	return out;
}

static cJSON *auth_json(const struct auth *a)
{
	const struct {
		const char *key, *value;
	} members[] = {
		{"username", a->username},
		{"password", a->password},
		{"identitytoken", a->identity_token},
		{"serveraddress", a->server},
	};
	cJSON *json = cJSON_CreateObject();

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (members[i].value)
			cJSON_AddStringToObject(json, members[i].key,
						members[i].value);
	return json;
}

char *auth_header(const struct auth *a)
{
	cJSON *json;
	char *out;

	if (!auth_found(a))
		return NULL;
	json = auth_json(a);
	out = encode_json(json);
	cJSON_Delete(json);
	return out;
}

/* "quay.io/team", as only podman's files have it. */
static bool is_namespace(enum auth_store store, const char *server)
{
	return store == AUTH_STORE_PODMAN && strchr(server, '/') &&
	       !strstr(server, "://");
}

/* Adds what is known for one server, unless it is there already. */
static cirrus_status add_server(const struct cirrus_call *call,
				enum auth_store store, const char *server,
				cJSON *all)
{
	AUTO_AUTH struct auth a = {0};
	AUTO_FREE char *host = authfile_host(server);
	AUTO_FREE char *key = api_server(host);
	cirrus_status s;

	if (is_namespace(store, server)) {
		free(key);
		key = xstrdup(server);
	}
	if (cJSON_HasObjectItem(all, key))
		return CIRRUS_OK;
	if (is_namespace(store, server))
		s = lookup_stored(call, store, server, &a);
	else
		s = lookup(call, store, host, host, &a);
	if (s == CIRRUS_OK && auth_found(&a))
		cJSON_AddItemToObject(all, key, auth_json(&a));
	return s;
}

/* All registries that a build may need credentials for. */
static cirrus_status collect_servers(const struct cirrus_call *call,
				     enum auth_store store,
				     const char *const *registries,
				     struct strv *servers)
{
	AUTO_STRV struct strv paths = {0};
	cirrus_status s = CIRRUS_OK;

	for (size_t i = 0; registries && registries[i]; i++)
		strv_push(servers, registries[i]);
	authfile_paths(store, &paths);
	for (size_t i = 0; i < paths.len && s == CIRRUS_OK; i++) {
		AUTO_ERROR struct error *err = NULL;

		if (authfile_servers(call, paths.v[i], servers, &err) < 0)
			s = judge(call, &err);
	}
	return s;
}

cirrus_status auth_build_header(const struct cirrus_call *call,
				enum auth_store store,
				const char *const *registries, char **out)
{
	AUTO_STRV struct strv servers = {0};
	cJSON *all = cJSON_CreateObject();
	cirrus_status s;

	*out = NULL;
	s = collect_servers(call, store, registries, &servers);
	for (size_t i = 0; i < servers.len && s == CIRRUS_OK; i++)
		s = add_server(call, store, servers.v[i], all);
	if (s == CIRRUS_OK && all->child)
		*out = encode_json(all);
	cJSON_Delete(all);
	return s;
}
