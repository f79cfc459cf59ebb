/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plugins/docker/client.h"

#include <cirrus/sdk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "plugins/docker/endpoint.h"
#include "sdk/lib/call.h"
#include "sdk/lib/child.h"
#include "sdk/lib/cj.h"

#define VERSION_MS 5000

/* As a shell would find it; NULL: nowhere. */
static char *find_program(const char *name)
{
	const char *path = getenv("PATH");
	AUTO_STRV struct strv dirs = {0};

	strv_split(&dirs, path ? path : "", ':');
	for (size_t i = 0; i < dirs.len; i++) {
		AUTO_FREE char *file =
			xasprintf("%s/%s", *dirs.v[i] ? dirs.v[i] : ".", name);

		if (access(file, X_OK) == 0)
			return STEAL_PTR(file);
	}
	return NULL;
}

/* --- the plugin ----------------------------------------------------------------- */

static bool has_buildx(const char *dir)
{
	AUTO_FREE char *file = xasprintf("%s/docker-buildx", dir);

	return access(file, X_OK) == 0;
}

static bool any_extra_dir(const char *config_dir)
{
	AUTO_FREE char *path = xasprintf("%s/config.json", config_dir);
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);
	AUTO_CJ cJSON *o = NULL;
	const cJSON *dir;

	if (file_read(path, &text, NULL) < 0)
		return false;
	o = cj_parse(text.data, text.len);
	cJSON_ArrayForEach(dir, cj_at(o, "cliPluginsExtraDirs"))
	{
		if (cJSON_IsString(dir) && has_buildx(dir->valuestring))
			return true;
	}
	return false;
}

/* Where the client looks for its plugins. */
static bool finds_buildx(void)
{
	static const char *const shared[] = {
		"/usr/local/lib/docker/cli-plugins",
		"/usr/local/libexec/docker/cli-plugins",
		"/usr/lib/docker/cli-plugins",
		"/usr/libexec/docker/cli-plugins"};
	AUTO_FREE char *config_dir = docker_config_dir();
	AUTO_FREE char *own = xasprintf("%s/cli-plugins", config_dir);

	if (has_buildx(own) || any_extra_dir(config_dir))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(shared); i++)
		if (has_buildx(shared[i]))
			return true;
	return false;
}

/* --- what older clients have built in ------------------------------------------- */

static int ask_version(const struct cirrus_call *call, const char *program)
{
	const char *const argv[] = {program, "--version", NULL};
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(BUF_LINE);
	AUTO_ERROR struct error *err = NULL;
	int major = 0;

	if (child_run(argv, NULL, call_cancel_fd(call),
		      clock_after_ms(VERSION_MS), &r, &err) < 0)
		cirrus_logf(call, CIRRUS_LOG_DEBUG, "docker: %s", err->msg);
	else if (sscanf(r.out.data, "Docker version %d", &major) != 1)
		major = 0;
	return major;
}

/* The major version; 0: it is something else.  A client is run once in its life:
 * that takes longer than the rest of our start. */
static int version_of(const struct cirrus_call *call,
		      const struct cirrus_config *config, const char *program)
{
	AUTO_FREE char *path = xasprintf(
		"%s/client", config->cache_dir ? config->cache_dir : "");
	AUTO_BUF struct buf known = BUF_INIT(BUF_LINE);
	AUTO_FREE char *id = NULL, *all = NULL;
	struct stat st;
	int major;

	if (stat(program, &st) < 0)
		return 0;
	id = xasprintf("%s %lld %lld %lld\n", program, (long long)st.st_ino,
		       (long long)st.st_mtime, (long long)st.st_size);
	if (config->cache_dir && file_read(path, &known, NULL) == 0 &&
	    str_starts(known.data, id))
		return atoi(known.data + strlen(id));
	major = ask_version(call, program);
	all = xasprintf("%s%d\n", id, major);
	if (major > 0 && config->cache_dir &&
	    file_replace(path, all, strlen(all), 0600, NULL) < 0)
		cirrus_logf(call, CIRRUS_LOG_DEBUG, "cannot write %s", path);
	return major;
}

static enum client_builder builder_of(const struct cirrus_call *call,
				      const struct cirrus_config *config,
				      const char *program)
{
	int major;

	if (!program)
		return CLIENT_NONE;
	if (finds_buildx())
		return CLIENT_BUILDX;
	major = version_of(call, config, program);
	return major >= 19 && major < 23 ? CLIENT_BUILTIN : CLIENT_NONE;
}

struct client *client_new(const struct cirrus_call *call,
			  const struct cirrus_config *config)
{
	struct client *c = xcalloc(1, sizeof(*c));

	c->program = find_program("docker");
	c->builder = builder_of(call, config, c->program);
	docker_client_options(config, &c->globals);
	c->runtime_dir = xstrdup_or_null(config->runtime_dir);
	return c;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	strv_clear(&c->globals);
	free(c->program);
	free(c->runtime_dir);
	free(c);
}
