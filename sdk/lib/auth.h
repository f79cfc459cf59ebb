/* SPDX-License-Identifier: MIT */
/* Credentials for registries.
 *
 * For a pull, push or build the host is asked first (what the configuration or
 * the command line gave), once per call; where it has none, the engine's own
 * store on this machine is read, as the engine's own client would:
 *
 *   docker: $DOCKER_CONFIG/config.json or ~/.docker/config.json with auths,
 *	credHelpers and credsStore;
 *   podman: $REGISTRY_AUTH_FILE, else $XDG_RUNTIME_DIR/containers/auth.json,
 *	~/.config/containers/auth.json, then docker's; keys are registries or
 *	namespaces in them, and the longest that matches counts.
 *
 * See containers-auth.json(5) and docker-login(1) for the files,
 * github.com/docker/docker-credential-helpers for the helpers' protocol.
 *
 * A store that cannot be read or a helper that fails is a warning to the host,
 * never the end of a call: a public image needs no credentials.  Every secret
 * found in a store is told to the host before it is used. */
#ifndef CIRRUS_SDK_AUTH_H
#define CIRRUS_SDK_AUTH_H

#include <cirrus/backend.h>
#include <stdbool.h>

enum auth_store { AUTH_STORE_DOCKER, AUTH_STORE_PODMAN };

struct auth {
	char *username, *password; /* or ... */
	char *identity_token;      /* ... this one instead of a password */
	char *server;              /* as the engine's API names it */
};

void auth_clear(struct auth *a); /* overwrites what was secret */
#define AUTO_AUTH __attribute__((__cleanup__(auth_clear)))
bool auth_found(const struct auth *a);

/* The registry that an image reference names: "docker.io" where it names none.
 * For free(). */
char *auth_registry(const char *ref);

/* Credentials for an image.  CIRRUS_OK with *out empty where there are none;
 * else CANCELLED or TIMEOUT of the call, or what the host answered, reported
 * already. */
cirrus_status auth_for_image(const struct cirrus_call *call,
			     enum auth_store store, const char *ref,
			     struct auth *out);

/* The value of the header X-Registry-Auth (base64url of JSON, as the Engine
 * API wants it); NULL where there are no credentials.  For free(). */
char *auth_header(const struct auth *a);

/* The value of the header X-Registry-Config for a build: all the host has for
 * `registries` (NULL-terminated; may be NULL) and all the store has, helpers
 * included.  *out is NULL where there is nothing; for free(). */
cirrus_status auth_build_header(const struct cirrus_call *call,
				enum auth_store store,
				const char *const *registries, char **out);

#endif
