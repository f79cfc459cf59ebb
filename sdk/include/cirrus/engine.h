/* SPDX-License-Identifier: MIT */
/* A backend for anything that speaks the Docker Engine API, in libcirrus-sdk.a:
 * all operations of the contract for Docker 20.10 and newer, Podman 4.3 and
 * newer, and engines that answer like them.  A plugin adds its name, where its
 * engine is found, and a table:
 *
 *	static const struct cirrus_engine_spec spec = {
 *		.struct_size = sizeof(spec),
 *		.url = "unix:///run/my-engine.sock",
 *		.command = "my-engine",
 *	};
 *
 *	static cirrus_status open_engine(const struct cirrus_call *call,
 *					 const struct cirrus_config *config,
 *					 cirrus_conn **out)
 *	{
 *		return cirrus_engine_open(call, config, &spec, out);
 *	}
 *
 *	static const struct cirrus_backend table = {
 *		...
 *		.probe = probe_engine, .open = open_engine,
 *		CIRRUS_ENGINE_OPERATIONS
 *	};
 *
 * Link with -lcirrus-sdk and what `pkg-config --static cirrus-backend` adds.
 * Threads, ownership and errors are those of cirrus-backend(3): whatever fails
 * was reported to the host. */
#ifndef CIRRUS_ENGINE_H
#define CIRRUS_ENGINE_H

#include <cirrus/backend.h>
#include <cirrus/sdk.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whose files hold the credentials for registries (docker-login(1),
 * containers-auth.json(5)). */
enum { CIRRUS_ENGINE_STORE_DOCKER = 0, CIRRUS_ENGINE_STORE_PODMAN = 1 };

/* Where an engine is; all strings are borrowed until the call returns. */
struct cirrus_engine_spec {
	uint32_t struct_size;
	uint32_t flags;  /* none yet */
	const char *url; /* unix://PATH, tcp://HOST:PORT, https://HOST:PORT,
			  * ssh://USER@HOST */
	const char *ca, *cert, *key; /* PEM files for https; NULL: none */
	const char *command; /* the engine's own client, for the hints that
			      * people get; static, never NULL */
	uint32_t store;
	uint32_t reserved;
};

/* One request: fills *out with the endpoint and what answers there, or with a
 * score of 0 and the reason why nothing does. */
CIRRUS_PUBLIC cirrus_status cirrus_engine_probe(
	const struct cirrus_call *call, const struct cirrus_engine_spec *spec,
	struct cirrus_probe *out);
/* Connects.  *out is ended by cirrus_engine_close. */
CIRRUS_PUBLIC cirrus_status cirrus_engine_open(
	const struct cirrus_call *call, const struct cirrus_config *config,
	const struct cirrus_engine_spec *spec, cirrus_conn **out);

/* The most it can ever do: word 0 of a kind's capabilities. */
#define CIRRUS_ENGINE_CAP(name) CIRRUS_CAP_MASK(0, CIRRUS_CAP_##name)
#define CIRRUS_ENGINE_CAPABILITIES                                            \
	(CIRRUS_ENGINE_CAP(IMAGE_PULL) | CIRRUS_ENGINE_CAP(IMAGE_PUSH) |      \
	 CIRRUS_ENGINE_CAP(IMAGE_BUILD) | CIRRUS_ENGINE_CAP(SNAPSHOT) |       \
	 CIRRUS_ENGINE_CAP(VOLUME) | CIRRUS_ENGINE_CAP(VOLUME_SHARED) |       \
	 CIRRUS_ENGINE_CAP(MOUNT_BIND) | CIRRUS_ENGINE_CAP(MOUNT_TMPFS) |     \
	 CIRRUS_ENGINE_CAP(MOUNT_READONLY) | CIRRUS_ENGINE_CAP(SIDECAR) |     \
	 CIRRUS_ENGINE_CAP(SIDECAR_STOP) | CIRRUS_ENGINE_CAP(COMMAND) |       \
	 CIRRUS_ENGINE_CAP(START_STDIO) | CIRRUS_ENGINE_CAP(USER) |           \
	 CIRRUS_ENGINE_CAP(HOSTNAME) | CIRRUS_ENGINE_CAP(NET_NONE) |          \
	 CIRRUS_ENGINE_CAP(NET_NAMED) | CIRRUS_ENGINE_CAP(PORTS) |            \
	 CIRRUS_ENGINE_CAP(PRIVILEGED) | CIRRUS_ENGINE_CAP(PLATFORM) |        \
	 CIRRUS_ENGINE_CAP(DEVICE) | CIRRUS_ENGINE_CAP(CPU_LIMIT) |           \
	 CIRRUS_ENGINE_CAP(MEMORY_LIMIT) | CIRRUS_ENGINE_CAP(OOM_REPORT) |    \
	 CIRRUS_ENGINE_CAP(EXEC_CONCURRENT) | CIRRUS_ENGINE_CAP(EXEC_USER) |  \
	 CIRRUS_ENGINE_CAP(EXEC_STDIN) | CIRRUS_ENGINE_CAP(EXEC_STDIN_EOF) |  \
	 CIRRUS_ENGINE_CAP(EXEC_SPLIT) | CIRRUS_ENGINE_CAP(EXEC_KILL) |       \
	 CIRRUS_ENGINE_CAP(EXEC_KILL_REST) | CIRRUS_ENGINE_CAP(EXEC_SIGNAL) | \
	 CIRRUS_ENGINE_CAP(EXEC_TTY) | CIRRUS_ENGINE_CAP(EXEC_RESIZE) |       \
	 CIRRUS_ENGINE_CAP(COPY_STOPPED) | CIRRUS_ENGINE_CAP(COPY_OWNER) |    \
	 CIRRUS_ENGINE_CAP(LOGS) | CIRRUS_ENGINE_CAP(USAGE) |                 \
	 CIRRUS_ENGINE_CAP(DIAL) | CIRRUS_ENGINE_CAP(EXPOSE) |                \
	 CIRRUS_ENGINE_CAP(LIST) | CIRRUS_ENGINE_CAP(OPEN) |                  \
	 CIRRUS_ENGINE_CAP(UNLOGGED) | CIRRUS_ENGINE_CAP(BUILDKIT) |          \
	 CIRRUS_ENGINE_CAP(COPY_RUNNING) | CIRRUS_ENGINE_CAP(VOLUME_MEMORY) | \
	 CIRRUS_ENGINE_CAP(MOUNT_COW))

#define CIRRUS_ENGINE_OPERATIONS                  \
	.system_info = cirrus_engine_system_info, \
	.image_build = cirrus_engine_image_build, \
	CIRRUS_ENGINE_OTHER_OPERATIONS

/* Without these two, for a plugin that has its own around them. */
#define CIRRUS_ENGINE_OTHER_OPERATIONS                                \
	.close = cirrus_engine_close, .helper = cirrus_engine_helper, \
	.image_inspect = cirrus_engine_image_inspect,                 \
	.image_pull = cirrus_engine_image_pull,                       \
	.image_push = cirrus_engine_image_push,                       \
	.image_delete = cirrus_engine_image_delete,                   \
	.volume_create = cirrus_engine_volume_create,                 \
	.volume_delete = cirrus_engine_volume_delete,                 \
	.instance_create = cirrus_engine_instance_create,             \
	.instance_open = cirrus_engine_instance_open,                 \
	.instance_release = cirrus_engine_instance_release,           \
	.instance_info = cirrus_engine_instance_info,                 \
	.instance_start = cirrus_engine_instance_start,               \
	.instance_wait = cirrus_engine_instance_wait,                 \
	.instance_logs = cirrus_engine_instance_logs,                 \
	.instance_exec = cirrus_engine_instance_exec,                 \
	.instance_copy_in = cirrus_engine_instance_copy_in,           \
	.instance_copy_out = cirrus_engine_instance_copy_out,         \
	.instance_snapshot = cirrus_engine_instance_snapshot,         \
	.instance_dial = cirrus_engine_instance_dial,                 \
	.instance_expose = cirrus_engine_instance_expose,             \
	.instance_usage = cirrus_engine_instance_usage,               \
	.instance_stop = cirrus_engine_instance_stop,                 \
	.instance_delete = cirrus_engine_instance_delete,             \
	.list = cirrus_engine_list,                                   \
	.object_delete = cirrus_engine_object_delete

CIRRUS_PUBLIC int32_t cirrus_engine_helper(int32_t argc, char **argv);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_system_info(cirrus_conn *, const struct cirrus_call *,
			  const char *kind, struct cirrus_system_info *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_image_inspect(
	cirrus_conn *, const struct cirrus_call *,
	const struct cirrus_image_spec *, struct cirrus_image_info *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_image_pull(
	cirrus_conn *, const struct cirrus_call *,
	const struct cirrus_image_spec *, struct cirrus_image_info *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_create(
	cirrus_conn *, const struct cirrus_call *,
	const struct cirrus_group_spec *, cirrus_instance **out);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_instance_open(cirrus_conn *, const struct cirrus_call *,
			    const char *id, cirrus_instance **out);
CIRRUS_PUBLIC void cirrus_engine_instance_release(cirrus_instance *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_instance_info(cirrus_instance *, const struct cirrus_call *,
			    struct cirrus_instance_info *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_instance_start(cirrus_instance *, const struct cirrus_call *,
			     const struct cirrus_start_spec *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_wait(
	cirrus_instance *, const struct cirrus_call *, struct cirrus_exit *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_copy_in(
	cirrus_instance *, const struct cirrus_call *,
	const struct cirrus_copy_spec *, const struct cirrus_reader *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_copy_out(
	cirrus_instance *, const struct cirrus_call *,
	const struct cirrus_copy_spec *, const struct cirrus_writer *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_exec(
	cirrus_instance *, const struct cirrus_call *,
	const struct cirrus_exec_spec *, struct cirrus_exit *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_instance_stop(cirrus_instance *, const struct cirrus_call *,
			    const struct cirrus_stop_spec *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_instance_delete(cirrus_instance *, const struct cirrus_call *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_image_push(
	cirrus_conn *, const struct cirrus_call *,
	const struct cirrus_image_spec *, struct cirrus_image_info *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_image_build(
	cirrus_conn *, const struct cirrus_call *,
	const struct cirrus_build_spec *, const struct cirrus_reader *,
	const struct cirrus_writer *, struct cirrus_image_info *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_image_delete(cirrus_conn *, const struct cirrus_call *,
			   const struct cirrus_image_spec *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_volume_create(cirrus_conn *, const struct cirrus_call *,
			    const struct cirrus_volume_spec *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_volume_delete(cirrus_conn *, const struct cirrus_call *,
			    const struct cirrus_volume_spec *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_logs(
	cirrus_instance *, const struct cirrus_call *,
	const struct cirrus_logs_spec *, const struct cirrus_writer *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_snapshot(
	cirrus_instance *, const struct cirrus_call *,
	const struct cirrus_snapshot_spec *, struct cirrus_image_info *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_instance_dial(cirrus_instance *, const struct cirrus_call *,
			    const struct cirrus_dial_spec *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_expose(
	cirrus_instance *, const struct cirrus_call *,
	const struct cirrus_expose_spec *, struct cirrus_expose_info *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_instance_usage(
	cirrus_instance *, const struct cirrus_call *, struct cirrus_usage *);
CIRRUS_PUBLIC cirrus_status cirrus_engine_list(cirrus_conn *,
					       const struct cirrus_call *,
					       const struct cirrus_list_spec *,
					       const struct cirrus_sink *);
CIRRUS_PUBLIC cirrus_status
cirrus_engine_object_delete(cirrus_conn *, const struct cirrus_call *,
			    const struct cirrus_object *);
CIRRUS_PUBLIC void cirrus_engine_close(cirrus_conn *,
				       const struct cirrus_call *);

#ifdef __cplusplus
}
#endif
#endif /* CIRRUS_ENGINE_H */
