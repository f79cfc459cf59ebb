/* SPDX-License-Identifier: MIT */
/* A plugin that does nothing, from which each bad one differs in one thing.
 *
 *	#define NAME "crash-probe"
 *	#define PROBE crash
 *	#include "bad.h"
 *	...
 *	CIRRUS_REGISTER_BACKEND(crash_probe, table); */
#ifndef CIRRUS_TESTS_CLI_BAD_H
#define CIRRUS_TESTS_CLI_BAD_H

#include <cirrus/backend.h>
#include <string.h>

#ifndef ABI_MAJOR
#define ABI_MAJOR CIRRUS_ABI_MAJOR
#endif
#ifndef MIN_HOST_MINOR
#define MIN_HOST_MINOR 0
#endif
#ifndef PROBE
#define PROBE bad_probe
#endif
#ifndef OPEN
#define OPEN bad_open
#endif
#ifndef STRUCT_SIZE
#define STRUCT_SIZE sizeof(struct cirrus_backend)
#endif

struct cirrus_conn {
	int unused;
};

static inline cirrus_status bad_probe(const struct cirrus_call *call,
				      const struct cirrus_config *config,
				      struct cirrus_probe *out)
{
	(void)call;
	(void)config;
	out->score = 1;
	memcpy(out->reason, NAME " engine", sizeof(NAME " engine"));
	memcpy(out->endpoint, "unix:///nowhere", sizeof("unix:///nowhere"));
	return CIRRUS_OK;
}

static inline cirrus_status bad_open(const struct cirrus_call *call,
				     const struct cirrus_config *config,
				     cirrus_conn **out)
{
	static struct cirrus_conn conn;

	(void)call;
	(void)config;
	*out = &conn;
	return CIRRUS_OK;
}

static void bad_close(cirrus_conn *conn, const struct cirrus_call *call)
{
	(void)conn;
	(void)call;
}

static cirrus_status bad_system_info(cirrus_conn *conn,
				     const struct cirrus_call *call,
				     const char *kind,
				     struct cirrus_system_info *out)
{
	(void)conn;
	(void)call;
	(void)kind;
	memcpy(out->os, "linux", sizeof("linux"));
	return CIRRUS_OK;
}

static cirrus_status bad_create(cirrus_conn *conn,
				const struct cirrus_call *call,
				const struct cirrus_group_spec *spec,
				cirrus_instance **out)
{
	(void)conn;
	(void)spec;
	(void)out;
	call->host->error(call, CIRRUS_E_FAILED, NAME " makes nothing", NULL);
	return CIRRUS_E_FAILED;
}

/* Never reached: nothing was ever created. */
static void bad_release(cirrus_instance *instance)
{
	(void)instance;
}

static cirrus_status bad_start(cirrus_instance *instance,
			       const struct cirrus_call *call,
			       const struct cirrus_start_spec *spec)
{
	(void)instance;
	(void)call;
	(void)spec;
	return CIRRUS_E_FAILED;
}

static cirrus_status bad_exec(cirrus_instance *instance,
			      const struct cirrus_call *call,
			      const struct cirrus_exec_spec *spec,
			      struct cirrus_exit *out)
{
	(void)instance;
	(void)call;
	(void)spec;
	(void)out;
	return CIRRUS_E_FAILED;
}

static cirrus_status bad_copy_in(cirrus_instance *instance,
				 const struct cirrus_call *call,
				 const struct cirrus_copy_spec *spec,
				 const struct cirrus_reader *tar)
{
	(void)instance;
	(void)call;
	(void)spec;
	(void)tar;
	return CIRRUS_E_FAILED;
}

static cirrus_status bad_copy_out(cirrus_instance *instance,
				  const struct cirrus_call *call,
				  const struct cirrus_copy_spec *spec,
				  const struct cirrus_writer *tar)
{
	(void)instance;
	(void)call;
	(void)spec;
	(void)tar;
	return CIRRUS_E_FAILED;
}

static cirrus_status bad_delete(cirrus_instance *instance,
				const struct cirrus_call *call)
{
	(void)instance;
	(void)call;
	return CIRRUS_OK;
}

static const struct cirrus_option bad_host = {
	.struct_size = sizeof(bad_host),
	.name = "host",
	.help = "where it would listen",
};
static const struct cirrus_option bad_count = {
	.struct_size = sizeof(bad_count),
	.type = CIRRUS_OPT_INT,
	.name = "count",
	.default_value = "3",
	.help = "how often it would do nothing",
};
static const struct cirrus_option *const bad_options[] = {&bad_host, &bad_count,
							  NULL};
static const struct cirrus_kind bad_kind = {
	.struct_size = sizeof(bad_kind),
	.name = "container",
	.capabilities = {1u << CIRRUS_CAP_COMMAND},
};
static const struct cirrus_kind *const bad_kinds[] = {&bad_kind, NULL};

#define BAD_TABLE(plugin_name)                                                 \
	{                                                                      \
		.struct_size = STRUCT_SIZE, .abi_major = ABI_MAJOR,            \
		.abi_minor = CIRRUS_ABI_MINOR,                                 \
		.min_host_minor = MIN_HOST_MINOR, .name = (plugin_name),       \
		.version = "1.2", .description = "does nothing",               \
		.options = bad_options, .kinds = bad_kinds, .probe = PROBE,    \
		.open = OPEN, .close = bad_close,                              \
		.system_info = bad_system_info, .instance_create = bad_create, \
		.instance_release = bad_release, .instance_start = bad_start,  \
		.instance_exec = bad_exec, .instance_copy_in = bad_copy_in,    \
		.instance_copy_out = bad_copy_out,                             \
		.instance_delete = bad_delete,                                 \
	}

#endif
