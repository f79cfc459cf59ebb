/* SPDX-License-Identifier: MIT */
/* What the backend says about itself, and its connection. */
#include "config.h"

#include "local.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Only what is true: the host plans with it, and the suite tests every bit. */
#define CAPABILITIES(word)                                   \
	(CIRRUS_CAP_MASK(word, CIRRUS_CAP_COMMAND) |         \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_START_STDIO) |     \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_EXIT_SIGNAL) |     \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_EXEC_CONCURRENT) | \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_EXEC_STDIN) |      \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_EXEC_STDIN_EOF) |  \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_EXEC_SPLIT) |      \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_EXEC_ORDER) |      \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_COPY_STOPPED) |    \
	 CIRRUS_CAP_MASK(word, CIRRUS_CAP_LIST))

static const struct cirrus_option option_dirs = {
	.struct_size = sizeof(option_dirs),
	.type = CIRRUS_OPT_STRING,
	.name = "dirs",
	.default_value = "usr bin sbin lib lib32 lib64 libx32 etc dev proc sys",
	.help = "directories of this machine that are seen inside",
};
static const struct cirrus_option *const options[] = {&option_dirs, NULL};

static const struct cirrus_kind kind_container = {
	.struct_size = sizeof(kind_container),
	.capabilities = {CAPABILITIES(0), CAPABILITIES(1)},
	.name = "container",
};
static const struct cirrus_kind *const kinds[] = {&kind_container, NULL};

/* May we make namespaces?  NULL, or why not. */
static const char *why_not(void)
{
	static const char *const as_root[] = {"unshare", "-m", "true", NULL};
	static const char *const as_user[] = {"unshare", "-rm", "true", NULL};

	switch (process_run(geteuid() ? as_user : as_root)) {
	case 0:
		return NULL;
	case -1:
	case 127:
		return "no unshare command (package util-linux)";
	default:
		return "this machine lets us make no namespaces";
	}
}

static cirrus_status local_probe(const struct cirrus_call *call,
				 const struct cirrus_config *config,
				 struct cirrus_probe *out)
{
	const char *reason = why_not();

	(void)call;
	out->score = reason ? 0 : 1;
	snprintf(out->endpoint, sizeof(out->endpoint), "%s", config->state_dir);
	snprintf(out->reason, sizeof(out->reason), "%s",
		 reason ? reason : "processes of this machine");
	return CIRRUS_OK;
}

static void local_close(cirrus_conn *conn, const struct cirrus_call *call)
{
	(void)call;
	free(conn->state);
	free(conn->dirs);
	free(conn);
}

static cirrus_status local_open(const struct cirrus_call *call,
				const struct cirrus_config *config,
				cirrus_conn **out)
{
	const char *reason = why_not();
	cirrus_conn *conn;

	if (reason)
		return cirrus_errorf(call, CIRRUS_E_UNAVAIL, NULL, "%s",
				     reason);
	conn = calloc(1, sizeof(*conn));
	if (!conn)
		return cirrus_errorf(call, CIRRUS_E_NOMEM, NULL, "no memory");
	conn->state = strdup(config->state_dir);
	conn->dirs =
		strdup(cirrus_kv_get(config->kv, config->n_kv, option_dirs.name,
				     option_dirs.default_value));
	if (!conn->state || !conn->dirs) {
		local_close(conn, call);
		return cirrus_errorf(call, CIRRUS_E_NOMEM, NULL, "no memory");
	}
	*out = conn;
	return CIRRUS_OK;
}

/* The names that images use for what uname(2) says. */
static const char *architecture(const char *machine)
{
	static const struct {
		const char *machine, *arch;
	} names[] = {{"x86_64", "amd64"},
		     {"aarch64", "arm64"},
		     {"armv7l", "arm"},
		     {"i686", "386"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(machine, names[i].machine))
			return names[i].arch;
	return machine;
}

static cirrus_status local_system_info(cirrus_conn *conn,
				       const struct cirrus_call *call,
				       const char *kind,
				       struct cirrus_system_info *out)
{
	struct utsname un;

	(void)conn;
	if (strcmp(kind, kind_container.name) != 0)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "no environments of kind %s here", kind);
	uname(&un);
	out->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	out->memory_bytes =
		(int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	memcpy(out->capabilities, kind_container.capabilities,
	       sizeof(out->capabilities));
	snprintf(out->os, sizeof(out->os), "linux");
	snprintf(out->arch, sizeof(out->arch), "%.30s",
		 architecture(un.machine));
	snprintf(out->engine, sizeof(out->engine), "%.60s", un.sysname);
	snprintf(out->engine_version, sizeof(out->engine_version), "%.60s",
		 un.release);
	return CIRRUS_OK;
}

static cirrus_status local_image_inspect(cirrus_conn *conn,
					 const struct cirrus_call *call,
					 const struct cirrus_image_spec *spec,
					 struct cirrus_image_info *out)
{
	struct utsname un;
	cirrus_status st;

	(void)conn;
	st = CIRRUS_CHECK_SPEC(call, "image", spec, 0, 0);
	if (st < 0)
		return st;
	if (strcmp(spec->ref, LOCAL_IMAGE) != 0)
		return cirrus_errorf(call, CIRRUS_E_NOTFOUND,
				     "image: " LOCAL_IMAGE
				     " is this machine's own system",
				     "there is no image %s here", spec->ref);
	uname(&un);
	snprintf(out->id, sizeof(out->id), LOCAL_IMAGE);
	snprintf(out->os, sizeof(out->os), "linux");
	snprintf(out->arch, sizeof(out->arch), "%.30s",
		 architecture(un.machine));
	return CIRRUS_OK;
}

static const struct cirrus_backend backend = {
	.struct_size = sizeof(backend),
	.abi_major = CIRRUS_ABI_MAJOR,
	.abi_minor = CIRRUS_ABI_MINOR,
	.name = "local",
	.longname = "Local processes",
	.version = PACKAGE_VERSION,
	.description = "environments made of a directory and local processes",
	.options = options,
	.kinds = kinds,
	.probe = local_probe,
	.open = local_open,
	.close = local_close,
	.system_info = local_system_info,
	.image_inspect = local_image_inspect,
	.instance_create = local_create,
	.instance_release = local_release,
	.instance_info = local_info,
	.instance_start = local_start,
	.instance_wait = local_wait,
	.instance_exec = local_exec,
	.instance_copy_in = local_copy_in,
	.instance_copy_out = local_copy_out,
	.instance_stop = local_stop,
	.instance_delete = local_delete,
	.list = local_list,
	.object_delete = local_object_delete,
};

CIRRUS_REGISTER_BACKEND(local, backend);
