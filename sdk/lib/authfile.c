/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "authfile.h"

#include <cJSON.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "sdk/lib/child.h"

#define HELPER_MS 30000 /* a helper may ask a person to unlock a key ring */

static void json_free(cJSON **j)
{
	cJSON_Delete(*j);
}
#define AUTO_CJ __attribute__((__cleanup__(json_free)))

static const char *cj_str(const cJSON *obj, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(obj, key));
}

static bool is_hub(const char *host)
{
	static const char *const names[] = {"docker.io", "index.docker.io",
					    "registry-1.docker.io"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(host, names[i]) == 0)
			return true;
	return false;
}

char *authfile_host(const char *server)
{
	const char *scheme = strstr(server, "://");
	AUTO_FREE char *host = NULL;

	if (scheme)
		server = scheme + 3;
	host = xstrndup(server, strcspn(server, "/"));
	return is_hub(host) ? xstrdup("docker.io") : STEAL_PTR(host);
}

/* --- where the files are ---------------------------------------------------- */

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && v[0] ? v : NULL;
}

static void push_docker_file(struct strv *paths)
{
	if (env("DOCKER_CONFIG"))
		strv_pushf(paths, "%s/config.json", env("DOCKER_CONFIG"));
	else if (env("HOME"))
		strv_pushf(paths, "%s/.docker/config.json", env("HOME"));
}

static void push_podman_files(struct strv *paths)
{
	if (env("REGISTRY_AUTH_FILE")) {
		strv_push(paths, env("REGISTRY_AUTH_FILE"));
		return;
	}
	if (env("XDG_RUNTIME_DIR"))
		strv_pushf(paths, "%s/containers/auth.json",
			   env("XDG_RUNTIME_DIR"));
	else
		strv_pushf(paths, "/run/containers/%lu/auth.json",
			   (unsigned long)getuid());
	if (env("XDG_CONFIG_HOME"))
		strv_pushf(paths, "%s/containers/auth.json",
			   env("XDG_CONFIG_HOME"));
	else if (env("HOME"))
		strv_pushf(paths, "%s/.config/containers/auth.json",
			   env("HOME"));
	push_docker_file(paths);
}

void authfile_paths(enum auth_store store, struct strv *paths)
{
	if (store == AUTH_STORE_PODMAN)
		push_podman_files(paths);
	else
		push_docker_file(paths);
}

/* Docker's own file names registries only, with or without scheme and path;
 * podman's also names namespaces. */
static bool is_namespaced(const char *path)
{
	return !str_ends(path, "/config.json");
}

/* The file as JSON; NULL where there is none (no error) or it is unreadable. */
static cJSON *load(const char *path, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);
	struct stat st;
	cJSON *root;

	if (stat(path, &st) < 0 || file_read(path, &text, err) < 0)
		return NULL;
	root = cJSON_ParseWithLength(text.data, text.len);
	if (!cJSON_IsObject(root)) {
		cJSON_Delete(root);
		error_set(err, ERR_CONFIG, "%s: not a JSON object", path);
		return NULL;
	}
	return root;
}

/* --- helpers ------------------------------------------------------------------ */

static int64_t helper_deadline(const struct cirrus_call *call)
{
	int64_t own = clock_after_ms(HELPER_MS);

	return call->deadline_ns && call->deadline_ns < own ? call->deadline_ns
							    : own;
}

/* What the helper answered, as JSON; NULL with no error where it has nothing. */
static cJSON *ask_helper(const struct cirrus_call *call, const char *helper,
			 const char *verb, const char *input,
			 struct error **err)
{
	AUTO_FREE char *program = xasprintf("docker-credential-%s", helper);
	const char *const argv[] = {program, verb, NULL};
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(BUF_LINE);
	cJSON *answer;

	if (strchr(helper, '/')) {
		error_set(err, ERR_CONFIG,
			  "credential helper \"%s\": not a plain name", helper);
		return NULL;
	}
	if (child_run(argv, input, call->cancel_fd > 2 ? call->cancel_fd : -1,
		      helper_deadline(call), &r, err) < 0)
		return NULL;
	if (!child_succeeded(r.status)) {
		if (strstr(r.out.data, "not found"))
			return NULL;
		error_set(err, ERR_SYSTEM, "%s %s failed: %.*s", program, verb,
			  (int)strcspn(r.out.data, "\r\n"), r.out.data);
		return NULL;
	}
	answer = cJSON_ParseWithLength(r.out.data, r.out.len);
	if (!cJSON_IsObject(answer)) {
		cJSON_Delete(answer);
		error_set(err, ERR_SYSTEM, "%s %s: answer is not JSON", program,
			  verb);
		return NULL;
	}
	return answer;
}

/* The user name "<token>" says that the secret is an identity token. */
static void take_helper_answer(const cJSON *answer, struct auth *out)
{
	const char *user = cj_str(answer, "Username");
	const char *secret = cj_str(answer, "Secret");

	if (!user || !secret)
		return;
	if (strcmp(user, "<token>") == 0) {
		out->identity_token = xstrdup(secret);
	} else {
		out->username = xstrdup(user);
		out->password = xstrdup(secret);
	}
}

static int from_helper(const struct cirrus_call *call, const char *helper,
		       const char *server, struct auth *out, struct error **err)
{
	AUTO_ERROR struct error *failed = NULL;
	AUTO_CJ cJSON *answer =
		ask_helper(call, helper, "get", server, &failed);

	if (failed)
		return error_pass(err, &failed, "credentials for %s", server);
	if (answer)
		take_helper_answer(answer, out);
	return 0;
}

/* --- the auths object ------------------------------------------------------------ */

/* "user:password" in base64. */
static int take_encoded(const char *text, struct auth *out)
{
	size_t len = strlen(text);
	AUTO_FREE unsigned char *plain = xcalloc(1, len + 1);
	char *colon;
	int n;

	if (len == 0 || len % 4 != 0 || len > BUF_LINE)
		return -1;
	n = EVP_DecodeBlock(plain, (const unsigned char *)text, (int)len);
	if (n < 0)
		return -1;
	/* Padding was decoded to NULs, so plain ends where the text does. */
	colon = strchr((char *)plain, ':');
	if (!colon)
		return -1;
	*colon = '\0';
	out->username = xstrdup((char *)plain);
	out->password = xstrdup(colon + 1);
	OPENSSL_cleanse(plain, len);
	return 0;
}

static int take_entry(const cJSON *entry, struct auth *out, struct error **err)
{
	const char *token = cj_str(entry, "identitytoken");
	const char *encoded = cj_str(entry, "auth");
	const char *user = cj_str(entry, "username");
	const char *password = cj_str(entry, "password");

	if (token && token[0]) {
		out->identity_token = xstrdup(token);
	} else if (encoded && encoded[0]) {
		if (take_encoded(encoded, out) < 0)
			return error_set(err, ERR_CONFIG,
					 "\"auth\" of %s is not base64 of "
					 "user:password",
					 entry->string);
	} else if (user && password) {
		out->username = xstrdup(user);
		out->password = xstrdup(password);
	}
	return 0;
}

/* The member of `map` for a host, however its key spells it. */
static const cJSON *find_host(const cJSON *map, const char *host,
			      bool namespaced)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, map)
	{
		AUTO_FREE char *key = authfile_host(e->string);

		if (namespaced && strchr(e->string, '/') &&
		    !strstr(e->string, "://"))
			continue;
		if (strcmp(key, host) == 0)
			return e;
	}
	return NULL;
}

/* The member whose key is the longest leading part of name. */
static const cJSON *find_name(const cJSON *map, const char *name,
			      bool namespaced)
{
	AUTO_FREE char *part = xstrdup(name);
	AUTO_FREE char *host = xstrndup(name, strcspn(name, "/"));
	const cJSON *e = NULL;

	while (namespaced && !e) {
		char *slash = strrchr(part, '/');

		e = cJSON_GetObjectItemCaseSensitive(map, part);
		if (!slash)
			break;
		*slash = '\0';
	}
	return e ? e : find_host(map, host, namespaced);
}

/* The server's name as the helpers of this file know it. */
static char *helper_server(const char *name, bool namespaced)
{
	AUTO_FREE char *host = xstrndup(name, strcspn(name, "/"));

	return !namespaced && is_hub(host) ? xstrdup(AUTH_HUB_SERVER)
					   : STEAL_PTR(host);
}

static int lookup_helpers(const struct cirrus_call *call, const cJSON *root,
			  const char *name, bool namespaced, struct auth *out,
			  struct error **err)
{
	const cJSON *map =
		cJSON_GetObjectItemCaseSensitive(root, "credHelpers");
	const cJSON *own = find_name(map, name, namespaced);
	const char *helper = cJSON_GetStringValue(own);
	AUTO_FREE char *server = helper_server(name, namespaced);

	if (helper && helper[0])
		return from_helper(call, helper,
				   namespaced ? own->string : server, out, err);
	helper = cj_str(root, "credsStore");
	if (helper && helper[0])
		return from_helper(call, helper, server, out, err);
	return 0;
}

int authfile_lookup(const struct cirrus_call *call, const char *path,
		    const char *name, struct auth *out, struct error **err)
{
	bool namespaced = is_namespaced(path);
	AUTO_ERROR struct error *failed = NULL;
	AUTO_CJ cJSON *root = load(path, &failed);
	const cJSON *entry;

	if (failed)
		return error_pass(err, &failed, "cannot read credentials");
	if (!root)
		return 0;
	if (lookup_helpers(call, root, name, namespaced, out, err) < 0)
		return -1;
	entry = find_name(cJSON_GetObjectItemCaseSensitive(root, "auths"), name,
			  namespaced);
	if (auth_found(out) || !entry)
		return 0;
	if (take_entry(entry, out, &failed) < 0)
		return error_pass(err, &failed, "%s", path);
	return 0;
}

static void push_keys(const cJSON *map, struct strv *names)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, map)
	{
		if (!strv_contains(names, e->string))
			strv_push(names, e->string);
	}
}

int authfile_servers(const struct cirrus_call *call, const char *path,
		     struct strv *servers, struct error **err)
{
	AUTO_ERROR struct error *failed = NULL;
	AUTO_CJ cJSON *root = load(path, &failed);
	AUTO_CJ cJSON *listed = NULL;
	const char *helper = root ? cj_str(root, "credsStore") : NULL;

	if (failed)
		return error_pass(err, &failed, "cannot read credentials");
	if (!root)
		return 0;
	push_keys(cJSON_GetObjectItemCaseSensitive(root, "auths"), servers);
	push_keys(cJSON_GetObjectItemCaseSensitive(root, "credHelpers"),
		  servers);
	if (helper && helper[0])
		listed = ask_helper(call, helper, "list", NULL, &failed);
	if (failed)
		return error_pass(err, &failed, "cannot list credentials");
	push_keys(listed, servers);
	return 0;
}
