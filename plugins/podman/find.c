/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plugins/podman/find.h"

#include <cirrus/sdk.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compat.h"
#include "base/fd.h"
#include "sdk/lib/child.h"

static const struct endpoint_client client = {"podman", "--url"};

void found_clear(struct found *f)
{
	endpoint_clear(&f->service);
	free(f->program);
	f->program = NULL;
}

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

/* --- a service ---------------------------------------------------------------- */

/* Whether somebody listens; the systemd of a socket unit counts. */
static bool listens(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	AUTO_CLOSE int fd = -1;

	if (strlen(path) >= sizeof(addr.sun_path))
		return false;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);
	return fd >= 0 &&
	       connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;
}

/* Where `podman system service` listens when nobody says otherwise. */
static char *usual_socket(void)
{
	if (geteuid() == 0)
		return xstrdup("/run/podman/podman.sock");
	if (env("XDG_RUNTIME_DIR"))
		return xasprintf("%s/podman/podman.sock",
				 env("XDG_RUNTIME_DIR"));
	return xasprintf("/run/user/%lu/podman/podman.sock",
			 (unsigned long)geteuid());
}

static int find_service(const struct cirrus_config *config,
			struct endpoint *out, struct error **err)
{
	const char *named = option(config, "host");
	AUTO_FREE char *usual = usual_socket();

	if (!named)
		named = env("CONTAINER_HOST");
	if (!named && listens(usual))
		named = usual;
	if (!named)
		return 0;
	if (endpoint_parse(named, &client, out, err) < 0)
		return -1;
	endpoint_finish(out);
	out->start_hint = geteuid() == 0
				  ? "systemctl start podman.socket"
				  : "systemctl --user start podman.socket";
	return 0;
}

/* --- a program ------------------------------------------------------------------ */

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

static char *in_path(const char *name)
{
	AUTO_STRV struct strv dirs = {0};

	strv_split(&dirs, env("PATH") ? env("PATH") : "/usr/bin:/bin", ':');
	for (size_t i = 0; i < dirs.len; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", dirs.v[i], name);

		if (dirs.v[i][0] == '/' && is_program(path))
			return STEAL_PTR(path);
	}
	return NULL;
}

static int find_program(const struct cirrus_config *config, char **out,
			struct error **err)
{
	const char *named = option(config, "program");

	if (named && named[0] == '/' && is_program(named))
		*out = xstrdup(named);
	else if (!named || !strchr(named, '/'))
		*out = in_path(named ? named : "podman");
	if (*out)
		return 0;
	error_set(err, ERR_BACKEND, "%s: no such program",
		  named ? named : "podman");
	return error_hint(err, "install the package podman, or name a service: "
			       "CONTAINER_HOST=unix:///PATH");
}

int podman_find(const struct cirrus_config *config, struct found *out,
		struct error **err)
{
	if (find_service(config, &out->service, err) < 0)
		return -1;
	if (out->service.url)
		return 0;
	return find_program(config, &out->program, err);
}

/* --- its version ------------------------------------------------------------------ */

static long number_of(const char *version)
{
	char *rest;
	long major = strtol(version, &rest, 10);
	long minor = *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;

	return major * 1000 + minor;
}

int podman_judge_version(const char *version, struct error **err)
{
	if (number_of(version) >= number_of(PODMAN_MINIMUM))
		return 0;
	error_set(err, ERR_BACKEND, "Podman %s is too old", version);
	return error_hint(err, "at least Podman " PODMAN_MINIMUM " is needed");
}

/* What changes when the program is replaced. */
static char *identity(const char *program)
{
	struct stat st;

	if (stat(program, &st) < 0)
		return xstrdup("");
	return xasprintf("%s %llu %llu %lld %lld.%09ld", program,
			 (unsigned long long)st.st_dev,
			 (unsigned long long)st.st_ino, (long long)st.st_size,
			 (long long)st.st_mtim.tv_sec,
			 (long)st.st_mtim.tv_nsec);
}

/* "podman version 4.3.1" */
static int ask_version(const struct cirrus_call *call, const char *program,
		       char version[64], struct error **err)
{
	const char *const argv[] = {program, "--version", NULL};
	AUTO_CHILD_RESULT struct child_result r = CHILD_RESULT_INIT(BUF_LINE);
	const char *word;

	if (child_run(argv, NULL, call->cancel_fd > 2 ? call->cancel_fd : -1,
		      call->deadline_ns, &r, err) < 0)
		return -1;
	word = strstr(r.out.data, "version ");
	if (!child_succeeded(r.status) || !word)
		return error_set(err, ERR_BACKEND, "%s --version failed: %.*s",
				 program, (int)strcspn(r.err.data, "\n"),
				 r.err.data);
	word += strlen("version ");
	snprintf(version, 64, "%.*s", (int)strcspn(word, " \n"), word);
	return 0;
}

int podman_check_version(const struct cirrus_call *call, const char *program,
			 const char *cache_dir, char version[64],
			 struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/version", cache_dir);
	AUTO_FREE char *id = identity(program);
	AUTO_FREE char *line = NULL;
	AUTO_BUF struct buf known = BUF_INIT(BUF_LINE);
	size_t len = strlen(id);

	if (file_read(path, &known, NULL) == 0 && str_starts(known.data, id) &&
	    known.data[len] == '\n') {
		snprintf(version, 64, "%s", known.data + len + 1);
		return podman_judge_version(version, err);
	}
	if (ask_version(call, program, version, err) < 0)
		return -1;
	line = xasprintf("%s\n%s", id, version);
	/* What cannot be remembered is asked again. */
	if (file_replace(path, line, strlen(line), 0600, NULL) < 0)
		cirrus_logf(call, CIRRUS_LOG_DEBUG, "cannot write %s", path);
	return podman_judge_version(version, err);
}
