/* SPDX-License-Identifier: MIT */
/* The files in which engines keep credentials, and the helper programs that
 * such files name.  Part of auth.c's work; see auth.h. */
#ifndef CIRRUS_SDK_AUTHFILE_H
#define CIRRUS_SDK_AUTHFILE_H

#include <cirrus/backend.h>

#include "auth.h"
#include "base/error.h"
#include "base/strv.h"

/* Docker Hub's name in the API and in config.json. */
#define AUTH_HUB_SERVER "https://index.docker.io/v1/"

/* A registry's name without scheme and path; all names of Docker Hub become
 * "docker.io".  For free(). */
char *authfile_host(const char *server);

/* The files of a store in the order in which they are looked through; need not
 * exist. */
void authfile_paths(enum auth_store store, struct strv *paths);

/* Looks for `name` ("quay.io/team/image"; its first part is the registry) in
 * one file.  Fills out->username ... where found; returns 0 also where not.
 * Fails on a file or a helper that does not work. */
int authfile_lookup(const struct cirrus_call *call, const char *path,
		    const char *name, struct auth *out,
		    struct error **err) MUST_CHECK;

/* Adds the names of all servers that a file has credentials for. */
int authfile_servers(const struct cirrus_call *call, const char *path,
		     struct strv *servers, struct error **err) MUST_CHECK;

#endif
