/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/strv.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/stream.h"

/* The kernel's names of processors, and those of images. */
static const char *arch_name(const char *machine)
{
	static const char *const names[][2] = {
		{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "arm"},
		{"armv6l", "arm"},   {"i386", "386"},      {"i686", "386"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(machine, names[i][0]) == 0)
			return names[i][1];
	return machine;
}

/* Whether the engine sees the files and processes that we see: a socket file
 * alone proves nothing, as it may lead into a virtual machine or out of a
 * container. */
static bool shares_machine(const cirrus_conn *c, const cJSON *info)
{
	const char *root = cj_str(info, "DockerRootDir");
	struct utsname us;
	struct stat st;

	if (!c->is_local || !*root || uname(&us) < 0 ||
	    strcmp(us.release, cj_str(info, "KernelVersion")) != 0)
		return false;
	return stat(root, &st) == 0 || errno == EACCES;
}

/* Rootless Podman on cgroup v1 says that it has limits, and ignores them. */
static bool enforces_limits(const cJSON *info)
{
	return !(cj_bool(info, "Rootless") &&
		 strcmp(cj_str(info, "CgroupVersion"), "1") == 0);
}

/* Whether its processes are ours to signal and to join: as root, or as the user to whom a
 * rootless engine belongs. */
static bool is_ours_to_use(const cirrus_conn *c, const cJSON *info)
{
	struct stat st;

	if (!c->is_beside_us)
		return false;
	if (geteuid() == 0)
		return true;
	return c->helper_argv &&
	       stat(cj_str(info, "DockerRootDir"), &st) == 0 &&
	       st.st_uid == geteuid();
}

static void clear_signals(uint64_t caps[2])
{
	cirrus_cap_clear(caps, CIRRUS_CAP_EXEC_KILL);
	cirrus_cap_clear(caps, CIRRUS_CAP_EXEC_KILL_REST);
	cirrus_cap_clear(caps, CIRRUS_CAP_EXEC_SIGNAL);
}

static void clear_missing(const cirrus_conn *c, const cJSON *info,
			  uint64_t caps[2])
{
	bool limits = enforces_limits(info);

	if (!c->is_beside_us)
		cirrus_cap_clear(caps, CIRRUS_CAP_MOUNT_BIND);
	if (!cow_is_possible(c, info))
		cirrus_cap_clear(caps, CIRRUS_CAP_MOUNT_COW);
	if (!c->is_ours)
		clear_signals(caps);
	/* Without the helper, the engine's archive calls take the same either way. */
	if (!c->is_ours || !c->helper_argv)
		cirrus_cap_clear(caps, CIRRUS_CAP_COPY_RUNNING);
	if (!c->is_beside_us)
		cirrus_cap_clear(caps, CIRRUS_CAP_DIAL);
	if (!c->is_ours)
		cirrus_cap_clear(caps, CIRRUS_CAP_EXPOSE);
	/* Podman does not notice. */
	if (c->facts.is_podman)
		cirrus_cap_clear(caps, CIRRUS_CAP_OOM_REPORT);
	/* Of Docker's builder only a client of its own can ask for it. */
	if (!c->facts.is_podman)
		cirrus_cap_clear(caps, CIRRUS_CAP_BUILDKIT);
	if (!limits)
		cirrus_cap_clear(caps, CIRRUS_CAP_USAGE);
	if (!limits || !cj_bool(info, "MemoryLimit"))
		cirrus_cap_clear(caps, CIRRUS_CAP_MEMORY_LIMIT);
	if (!limits || !cj_bool(info, "CpuCfsQuota"))
		cirrus_cap_clear(caps, CIRRUS_CAP_CPU_LIMIT);
	if (!stream_can_end_input(c->http))
		cirrus_cap_clear(caps, CIRRUS_CAP_EXEC_STDIN_EOF);
}

static void fill(const cirrus_conn *c, const cJSON *info,
		 struct cirrus_system_info *out)
{
	out->cpus = cj_int(info, "NCPU");
	out->memory_bytes = cj_int(info, "MemTotal");
	cj_copy(info, "OSType", out->os, sizeof(out->os));
	snprintf(out->arch, sizeof(out->arch), "%s",
		 arch_name(cj_str(info, "Architecture")));
	snprintf(out->engine, sizeof(out->engine), "%s",
		 c->facts.is_podman ? "Podman" : "Docker Engine");
	snprintf(out->engine_version, sizeof(out->engine_version), "%s",
		 c->facts.version);
	out->capabilities[0] = CIRRUS_ENGINE_CAPABILITIES;
	clear_missing(c, info, out->capabilities);
}

/* --- what Podman says of itself is kept for a while ------------------------ */

/* To answer, Podman asks the package manager for the versions of its helpers,
 * which takes longer than to start a container. */
#define INFO_AGE_NS (600 * NS_PER_S)

/* For whom an answer holds: this boot, this engine, as it is set up now.  A
 * service of our own has another address in each run. */
static char *info_identity(const cirrus_conn *c)
{
	static const char *const settings[] = {
		"CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "XDG_DATA_HOME"};
	AUTO_BUF struct buf id = BUF_INIT(BUF_LINE);
	char boot[64], digest[HASH_TEXT];

	compat_boot_id(boot, sizeof(boot));
	buf_addf(&id, "%s %s %s", boot, c->facts.version,
		 c->options.is_private ? "own" : http_url(c->http));
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const char *value = getenv(settings[i]);

		buf_addf(&id, " %s", value ? value : "");
	}
	return xstrdup(hash_of(HASH_SHA256, id.data, id.len, digest));
}

static cJSON *recall_info(const char *path, const char *id)
{
	AUTO_BUF struct buf known = BUF_INIT(BUF_MESSAGE);
	size_t len = strlen(id);
	struct stat st;
	int64_t age;

	if (stat(path, &st) < 0 || file_read(path, &known, NULL) < 0)
		return NULL;
	age = clock_epoch() - (int64_t)st.st_mtime * NS_PER_S;
	if (age < 0 || age > INFO_AGE_NS || !str_starts(known.data, id) ||
	    known.data[len] != '\n')
		return NULL;
	return cj_parse(known.data + len + 1, known.len - len - 1);
}

static void keep_info(const struct cirrus_call *call, const char *path,
		      const char *id, const cJSON *info)
{
	char *text = cJSON_PrintUnformatted(info);
	AUTO_FREE char *all = xasprintf("%s\n%s", id, text ? text : "");

	cJSON_free(text);
	/* What cannot be remembered is asked again. */
	if (file_replace(path, all, strlen(all), 0600, NULL) < 0)
		cirrus_logf(call, CIRRUS_LOG_DEBUG, "cannot write %s", path);
}

static cirrus_status ask_info(cirrus_conn *c, const struct cirrus_call *call,
			      cJSON **out, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);

	engine_path(c, &path, "/info");
	return engine_get(c, call, path.data, "system information", out, err);
}

static cirrus_status get_info(cirrus_conn *c, const struct cirrus_call *call,
			      cJSON **out, struct error **err)
{
	AUTO_FREE char *path = NULL, *id = NULL;
	cirrus_status s;

	if (!c->facts.is_podman || !c->cache_dir)
		return ask_info(c, call, out, err);
	path = xasprintf("%s/info", c->cache_dir);
	id = info_identity(c);
	*out = recall_info(path, id);
	if (*out)
		return CIRRUS_OK;
	s = ask_info(c, call, out, err);
	if (s == CIRRUS_OK)
		keep_info(call, path, id, *out);
	return s;
}

/* One answer for the life of the connection. */
static cirrus_status learn(cirrus_conn *c, const struct cirrus_call *call,
			   struct error **err)
{
	AUTO_CJ cJSON *info = NULL;
	cirrus_status s;

	if (c->has_info)
		return CIRRUS_OK;
	s = get_info(c, call, &info, err);
	if (s < 0)
		return s;
	c->is_beside_us = shares_machine(c, info);
	c->is_ours = is_ours_to_use(c, info);
	fill(c, info, &c->info);
	c->has_info = true;
	return CIRRUS_OK;
}

cirrus_status cirrus_engine_system_info(cirrus_conn *c,
					const struct cirrus_call *call,
					const char *kind UNUSED,
					struct cirrus_system_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	cirrus_status s;

	pthread_mutex_lock(&c->info_lock);
	s = learn(c, call, &err);
	if (s == CIRRUS_OK)
		*out = c->info;
	pthread_mutex_unlock(&c->info_lock);
	out->struct_size = sizeof(*out);
	return fault_report_as(call, s, &err);
}
