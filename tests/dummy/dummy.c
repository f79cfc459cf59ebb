/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"

#define CAP(x) (UINT64_C(1) << CIRRUS_CAP_##x)

/* What only the real root can do: give files and processes to others. */
#define ROOT_CAPS (CAP(USER) | CAP(EXEC_USER) | CAP(COPY_OWNER))
#define PRETENDED_CAPS                                                   \
	(CAP(IMAGE_BUILD) | CAP(PRIVILEGED) | CAP(DEVICE) | CAP(PORTS) | \
	 CAP(BUILDKIT))
#define ALL_CAPS                                                              \
	(ROOT_CAPS | CAP(IMAGE_PULL) | CAP(SNAPSHOT) | CAP(VOLUME) |          \
	 CAP(VOLUME_SHARED) | CAP(VOLUME_CLONE) | CAP(MOUNT_BIND) |           \
	 CAP(MOUNT_TMPFS) | CAP(MOUNT_READONLY) | CAP(MOUNT_COW) |            \
	 CAP(SIDECAR) | CAP(SIDECAR_STOP) | CAP(COMMAND) | CAP(START_STDIO) | \
	 CAP(HOSTNAME) | CAP(NET_NONE) | CAP(EXIT_SIGNAL) |                   \
	 CAP(EXEC_CONCURRENT) | CAP(EXEC_STDIN) | CAP(EXEC_STDIN_EOF) |       \
	 CAP(EXEC_SPLIT) | CAP(EXEC_ORDER) | CAP(EXEC_KILL) |                 \
	 CAP(EXEC_KILL_REST) | CAP(EXEC_SIGNAL) | CAP(EXEC_TTY) |             \
	 CAP(EXEC_RESIZE) | CAP(DIAL) | CAP(EXPOSE) | CAP(PLATFORM) |         \
	 CAP(COPY_STOPPED) | CAP(LOGS) | CAP(USAGE) | CAP(LIST) | CAP(OPEN) | \
	 CAP(UNLOGGED) | CAP(COPY_RUNNING) | CAP(VOLUME_MEMORY))

cirrus_status fail_errno(const struct cirrus_call *call, int errnum,
			 const char *fmt, ...)
{
	AUTO_FREE char *msg = NULL;
	va_list ap;

	va_start(ap, fmt);
	msg = xvasprintf(fmt, ap);
	va_end(ap);
	return cirrus_errorf(call, cirrus_status_of_errno(errnum), NULL,
			     "%s: %s", msg, strerror(errnum));
}

cirrus_status fail_error(const struct cirrus_call *call, struct error **err)
{
	cirrus_status s = CIRRUS_E_FAILED;

	if ((*err)->code == ERR_NOTFOUND)
		s = CIRRUS_E_NOTFOUND;
	return cirrus_errorf(call, s, (*err)->hint, "%s", (*err)->msg);
}

static bool cancelled(const struct cirrus_call *call)
{
	struct pollfd p = {.fd = call->cancel_fd, .events = POLLIN};

	return call->cancel_fd > 2 && poll(&p, 1, 0) > 0;
}

cirrus_status call_broken(const struct cirrus_call *call, const char *what)
{
	if (cancelled(call))
		return cirrus_errorf(call, CIRRUS_E_CANCELLED, NULL,
				     "%s: cancelled", what);
	return cirrus_errorf(call, CIRRUS_E_TIMEOUT, NULL, "%s: timed out",
			     what);
}

cirrus_status call_begin(const struct cirrus_call *call,
			 const struct cirrus_conn *c)
{
	(void)c;
	if (cancelled(call) || cirrus_remaining_ms(call) == 0)
		return call_broken(call, "not begun");
	return CIRRUS_OK;
}

cirrus_status call_wait(const struct cirrus_call *call, int fd, short events,
			const char *what)
{
	struct pollfd p[] = {{.fd = fd, .events = events},
			     {.fd = call->cancel_fd > 2 ? call->cancel_fd : -1,
			      .events = POLLIN}};

	for (;;) {
		int n = poll(p, 2, cirrus_remaining_ms(call));

		if (n == 0 || (n > 0 && p[1].revents))
			return call_broken(call, what);
		if (n > 0)
			return CIRRUS_OK;
		if (errno != EINTR)
			return fail_errno(call, errno, "%s", what);
	}
}

cirrus_status unknown_bits(const struct cirrus_conn *c,
			   const struct cirrus_call *call, uint32_t flags,
			   uint32_t known, uint64_t required)
{
	if (MUTATED(c, UNKNOWN))
		return CIRRUS_OK;
	if (flags & ~known)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "unknown flag %#x in a spec",
				     (unsigned)(flags & ~known));
	if (required)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "unknown required bit in a spec");
	return CIRRUS_OK;
}

/* --- connections ------------------------------------------------------------- */

static const char *const mutant_names[] = {
#define X(id, name) name,
	MUTANTS(X)
#undef X
		NULL};

static const struct cirrus_option opt_endpoint = {
	sizeof(opt_endpoint),
	CIRRUS_OPT_PATH,
	0,
	0,
	"endpoint",
	NULL,
	"a directory that must exist, as an engine's socket must",
	NULL};
static const struct cirrus_option opt_user = {
	sizeof(opt_user), CIRRUS_OPT_STRING,       0,   0, "user",
	"dummy",          "who may pull denied/*", NULL};
static const struct cirrus_option opt_password = {sizeof(opt_password),
						  CIRRUS_OPT_STRING,
						  CIRRUS_OPT_SECRET,
						  0,
						  "password",
						  "sesame",
						  "and with what password",
						  NULL};
static const struct cirrus_option opt_mutant = {
	sizeof(opt_mutant),
	CIRRUS_OPT_STRING,
	0,
	0,
	"mutant",
	"none",
	"the defect to have; see mutants.tsv",
	mutant_names};
static const struct cirrus_option opt_without = {
	sizeof(opt_without),
	CIRRUS_OPT_STRING,
	0,
	0,
	"without",
	NULL,
	"capabilities not to have, separated by commas",
	NULL};
static const struct cirrus_option opt_with = {
	sizeof(opt_with),
	CIRRUS_OPT_STRING,
	0,
	0,
	"with",
	NULL,
	"capabilities to have besides, separated by commas",
	NULL};
static const struct cirrus_option *const options[] = {
	&opt_endpoint, &opt_user, &opt_password, &opt_mutant,
	&opt_without,  &opt_with, NULL};

static const struct cirrus_option opt_rank = {
	sizeof(opt_rank),
	CIRRUS_OPT_INT,
	0,
	0,
	"rank",
	NULL,
	"a number that the environment shows as its host name, dummy-N",
	NULL};
static const struct cirrus_option *const container_options[] = {&opt_rank,
								NULL};
static const struct cirrus_kind kind_container = {
	sizeof(kind_container),
	0,
	{ALL_CAPS | PRETENDED_CAPS, 0},
	"container",
	container_options};
static const struct cirrus_kind *const kinds[] = {&kind_container, NULL};

static const char *config_get(const struct cirrus_config *config,
			      const char *key, const char *otherwise)
{
	return cirrus_kv_get(config->kv, config->n_kv, key, otherwise);
}

/* Why it cannot be used here, for free(); NULL: it can. */
static char *unusable(const struct cirrus_config *config)
{
	const char *endpoint = config_get(config, "endpoint", NULL);

	if (endpoint && access(endpoint, X_OK) < 0)
		return xasprintf("cannot reach %s: %s", endpoint,
				 strerror(errno));
	if (!space_possible())
		return xstrdup("this machine allows no namespaces");
	return NULL;
}

static cirrus_status probe(const struct cirrus_call *call,
			   const struct cirrus_config *config,
			   struct cirrus_probe *out)
{
	AUTO_FREE char *why = unusable(config);

	(void)call;
	out->score = why ? 0 : 1; /* never before a real one */
	if (strcmp(config_get(config, "mutant", "none"), "probe") == 0)
		out->score = 0;
	snprintf(out->endpoint, sizeof(out->endpoint), "%s",
		 config->state_dir ? config->state_dir : "");
	snprintf(out->reason, sizeof(out->reason), "%s",
		 why ? why : "directories and processes of this machine");
	return CIRRUS_OK;
}

static enum mutant mutant_named(const char *name)
{
	for (size_t i = 0; mutant_names[i]; i++)
		if (strcmp(mutant_names[i], name) == 0)
			return (enum mutant)i;
	return MUTANT_NONE;
}

/* What hosts have a way to do without. */
static const struct {
	const char *name;
	uint64_t bits;
} dispensable[] = {
	{"START_STDIO", CAP(START_STDIO)},
	{"COPY_STOPPED", CAP(COPY_STOPPED)},
	{"COPY_RUNNING", CAP(COPY_RUNNING)},
	{"EXEC_STDIN", CAP(EXEC_STDIN) | CAP(EXEC_STDIN_EOF)},
	{"EXEC_KILL_REST", CAP(EXEC_KILL_REST)},
	{"SIDECAR", CAP(SIDECAR)},
	{"VOLUME_MEMORY", CAP(VOLUME_MEMORY)},
	{"VOLUME_SHARED", CAP(VOLUME_SHARED)},
	{"MOUNT_COW", CAP(MOUNT_COW)},
	{"VOLUME_CLONE", CAP(VOLUME_CLONE)},
};

static uint64_t bits_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(dispensable); i++)
		if (strcmp(dispensable[i].name, name) == 0)
			return dispensable[i].bits;
	return 0;
}

/* What it has a little of, for tests that ask for it. */
static const struct {
	const char *name;
	uint64_t bits;
} pretended[] = {
	{"IMAGE_BUILD", CAP(IMAGE_BUILD)}, {"PRIVILEGED", CAP(PRIVILEGED)},
	{"DEVICE", CAP(DEVICE)},           {"PORTS", CAP(PORTS)},
	{"BUILDKIT", CAP(BUILDKIT)},
};

static void set_with(struct cirrus_conn *c, const char *names)
{
	for (size_t i = 0; i < ARRAY_LEN(pretended); i++)
		if (strstr(names, pretended[i].name))
			c->with |= pretended[i].bits;
}

static cirrus_status set_without(const struct cirrus_call *call,
				 struct cirrus_conn *c, const char *names)
{
	AUTO_STRV struct strv list = {0};

	strv_split(&list, names, ',');
	for (size_t i = 0; i < list.len; i++) {
		uint64_t bits = bits_of(list.v[i]);

		if (!bits)
			return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
					     "cannot be without \"%s\"",
					     list.v[i]);
		c->without |= bits;
	}
	return CIRRUS_OK;
}

static int make_state(struct cirrus_conn *c, struct error **err)
{
	static const char *const parts[] = {"i", "v", "m"};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		AUTO_FREE char *dir = xasprintf("%s/%s", c->state, parts[i]);

		if (dir_make(dir, 0700, err) < 0)
			return -1;
	}
	return 0;
}

static void conn_free(struct cirrus_conn *c)
{
	free(c->state);
	free(c->user);
	free(c->password);
	free(c);
}

static cirrus_status open_conn(const struct cirrus_call *call,
			       const struct cirrus_config *config,
			       cirrus_conn **out)
{
	AUTO_FREE char *why = NULL;
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_conn *c;
	cirrus_status s = call_begin(call, NULL);

	if (s != CIRRUS_OK)
		return s;
	why = unusable(config);
	if (why)
		return cirrus_errorf(call, CIRRUS_E_UNAVAIL, NULL, "%s", why);
	if (!config->state_dir)
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "no state directory");
	c = xcalloc(1, sizeof(*c));
	c->config = config;
	c->state = xstrdup(config->state_dir);
	c->user = xstrdup(config_get(config, "user", "dummy"));
	c->password = xstrdup(config_get(config, "password", "sesame"));
	c->mutant = mutant_named(config_get(config, "mutant", "none"));
	set_with(c, config_get(config, "with", ""));
	if (config_get(config, "without", NULL))
		s = set_without(call, c, config_get(config, "without", NULL));
	if (s != CIRRUS_OK) {
		conn_free(c);
		return s;
	}
	if (make_state(c, &err) < 0) {
		conn_free(c);
		return fail_error(call, &err);
	}
	if (MUTATED(c, PRINTS) && fd_write_all(1, "hello\n", 6) < 0)
		c->mutant = MUTANT_NONE;
	if (call->host->secret)
		call->host->secret(c->password);
	*out = c;
	return CIRRUS_OK;
}

static void close_conn(cirrus_conn *c, const struct cirrus_call *call)
{
	(void)call;
	conn_free(c);
}

const char *machine_arch(void)
{
	static const char *const names[][2] = {{"x86_64", "amd64"},
					       {"aarch64", "arm64"},
					       {"armv7l", "arm"},
					       {"i686", "386"}};
	struct utsname u;

	uname(&u);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(u.machine, names[i][0]) == 0)
			return names[i][1];
	return "unknown";
}

static cirrus_status system_info(cirrus_conn *c, const struct cirrus_call *call,
				 const char *kind,
				 struct cirrus_system_info *out)
{
	cirrus_status s = call_begin(call, c);

	if (s != CIRRUS_OK)
		return s;
	if (kind && strcmp(kind, "container") != 0)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "no environments of kind %s", kind);
	out->cpus = compat_processors();
	out->memory_bytes = compat_memory_bytes();
	out->capabilities[0] =
		((geteuid() == 0 ? ALL_CAPS : ALL_CAPS & ~ROOT_CAPS) &
		 ~c->without) |
		c->with;
	snprintf(out->os, sizeof(out->os), "linux");
	snprintf(out->arch, sizeof(out->arch), "%s", machine_arch());
	snprintf(out->engine, sizeof(out->engine), "dummy");
	snprintf(out->engine_version, sizeof(out->engine_version), "%s",
		 PACKAGE_VERSION);
	return CIRRUS_OK;
}

static const struct cirrus_backend table = {
	.struct_size = sizeof(table),
	.abi_major = CIRRUS_ABI_MAJOR,
	.abi_minor = CIRRUS_ABI_MINOR,
	.name = "dummy",
	.longname = "Dummy",
	.version = PACKAGE_VERSION,
	.description = "directories and processes of this machine, for tests",
	.options = options,
	.kinds = kinds,
	.probe = probe,
	.open = open_conn,
	.close = close_conn,
	.system_info = system_info,
	.image_inspect = image_inspect,
	.image_pull = image_pull,
	.image_build = image_build,
	.image_delete = image_delete,
	.volume_create = volume_create,
	.volume_delete = volume_delete,
	.instance_create = instance_create,
	.instance_open = instance_open,
	.instance_release = instance_release,
	.instance_info = instance_info,
	.instance_start = instance_start,
	.instance_wait = instance_wait,
	.instance_logs = instance_logs,
	.instance_exec = instance_exec,
	.instance_copy_in = instance_copy_in,
	.instance_copy_out = instance_copy_out,
	.instance_snapshot = instance_snapshot,
	.instance_dial = instance_dial,
	.instance_expose = instance_expose,
	.instance_usage = instance_usage,
	.instance_stop = instance_stop,
	.instance_delete = instance_delete,
	.list = list,
	.object_delete = object_delete,
};

CIRRUS_REGISTER_BACKEND(dummy, table);
