/* SPDX-License-Identifier: MIT */
/* The client takes credentials from its configuration only. */
#include "config.h"

#include <cirrus/sdk.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "plugins/docker/client.h"
#include "plugins/docker/endpoint.h"
#include "sdk/lib/cj.h"

static void add_login(cJSON *config, const char *registry,
		      const struct cirrus_registry_auth *given)
{
	const char *key = strcmp(registry, "docker.io") == 0
				  ? "https://index.docker.io/v1/"
				  : registry;
	cJSON *auths = cj_put_object(config, "auths");
	cJSON *helpers = cj_put_object(config, "credHelpers");
	cJSON *login = cJSON_CreateObject();

	cj_put_str(login, "username", given->username);
	cj_put_str(login, "password", given->password);
	cj_put_str(login, "identitytoken", given->identity_token);
	cJSON_DeleteItemFromObjectCaseSensitive(auths, key);
	cJSON_AddItemToObject(auths, key, login);
	/* no program is asked for this one */
	cJSON_DeleteItemFromObjectCaseSensitive(helpers, registry);
	cJSON_AddStringToObject(helpers, registry, "");
}

/* The user's own, with what the host gave; NULL: it gave nothing. */
static char *make_text(const struct cirrus_call *call, const char *own_dir,
		       const char *const *registries)
{
	AUTO_FREE char *path = xasprintf("%s/config.json", own_dir);
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);
	cJSON *config = NULL;
	bool any = false;

	if (file_read(path, &text, NULL) == 0)
		config = cj_parse(text.data, text.len);
	if (!cJSON_IsObject(config)) {
		cJSON_Delete(config);
		config = cJSON_CreateObject();
	}
	for (; registries && *registries; registries++) {
		struct cirrus_registry_auth given = {.struct_size =
							     sizeof(given)};

		if (call->host->registry_auth(call, *registries, &given) !=
		    CIRRUS_OK)
			continue;
		add_login(config, *registries, &given);
		any = true;
	}
	if (any)
		return cj_print(&config);
	cJSON_Delete(config);
	return NULL;
}

/* Plugins, contexts, builders: all but the file itself. */
static void link_rest(const char *own_dir, const char *dir)
{
	DIR *d = opendir(own_dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		AUTO_FREE char *from = xasprintf("%s/%s", own_dir, e->d_name);
		AUTO_FREE char *to = xasprintf("%s/%s", dir, e->d_name);

		/* what cannot be linked the client does without */
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 &&
		    strcmp(e->d_name, "config.json") != 0 &&
		    symlink(from, to) < 0)
			continue;
	}
	if (d)
		closedir(d);
}

static char *make_dir(const struct client *c, const char *own_dir,
		      const char *text)
{
	AUTO_FREE char *dir =
		xasprintf("%s/docker-config.XXXXXX",
			  c->runtime_dir ? c->runtime_dir : "/tmp");
	AUTO_FREE char *file = NULL;

	if (!mkdtemp(dir))
		return NULL;
	file = xasprintf("%s/config.json", dir);
	link_rest(own_dir, dir);
	if (file_replace(file, text, strlen(text), 0600, NULL) == 0)
		return STEAL_PTR(dir);
	dir_remove(dir);
	return NULL;
}

char *client_config(const struct client *c, const struct cirrus_call *call,
		    const char *const *registries)
{
	AUTO_FREE char *own_dir = docker_config_dir();
	AUTO_FREE char *text = make_text(call, own_dir, registries);
	char *dir;

	if (!text)
		return NULL;
	dir = make_dir(c, own_dir, text);
	if (!dir)
		cirrus_logf(call, CIRRUS_LOG_WARN,
			    "docker: credentials cannot be handed to the "
			    "client");
	explicit_bzero(text, strlen(text));
	return dir;
}
