/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/status.h"

#include <cirrus/sdk.h>

/* Counted from CIRRUS_OK downwards. */
static const struct {
	const char *name;
	enum error_code code;
} statuses[] = {
	{"OK", ERR_INTERNAL},         {"FAILED", ERR_BACKEND},
	{"NOMEM", ERR_BACKEND},       {"INVAL", ERR_BACKEND},
	{"NOTSUP", ERR_BACKEND},      {"NOTFOUND", ERR_NOTFOUND},
	{"EXISTS", ERR_BACKEND},      {"AUTH", ERR_BACKEND},
	{"UNAVAIL", ERR_BACKEND},     {"TIMEOUT", ERR_TIMEOUT},
	{"CANCELLED", ERR_CANCELLED}, {"IO", ERR_BACKEND},
	{"CONFLICT", ERR_BACKEND},    {"NOSPACE", ERR_BACKEND},
	{"LOST", ERR_LOST},           {"GONE", ERR_LOST},
};
_Static_assert(ARRAY_LEN(statuses) == 1 - CIRRUS_E_GONE,
	       "one line for each status");

cirrus_status status_known(cirrus_status s)
{
	return s > CIRRUS_OK || s < CIRRUS_E_GONE ? CIRRUS_E_FAILED : s;
}

enum error_code status_error_code(cirrus_status s)
{
	return statuses[-status_known(s)].code;
}

const char *status_name(cirrus_status s)
{
	return statuses[-status_known(s)].name;
}

const char *status_hint(cirrus_status s)
{
	if (s != CIRRUS_E_NOSPACE)
		return NULL;
	return "make room on the disk where the engine keeps images and "
	       "containers";
}

#define CAP(id, text) [CIRRUS_CAP_##id] = (text)

static const char *const capabilities[] = {
	CAP(IMAGE_PULL, "pulling images"),
	CAP(IMAGE_PUSH, "pushing images"),
	CAP(IMAGE_BUILD, "building images"),
	CAP(SNAPSHOT, "making an image of an environment"),
	CAP(VOLUME, "volumes"),
	CAP(VOLUME_SHARED, "sharing a volume"),
	CAP(VOLUME_CLONE, "copying a volume"),
	CAP(MOUNT_BIND, "mounting directories of this machine"),
	CAP(MOUNT_TMPFS, "tmpfs mounts"),
	CAP(MOUNT_READONLY, "read-only mounts"),
	CAP(MOUNT_COW, "copy-on-write mounts"),
	CAP(SIDECAR, "additional containers"),
	CAP(SIDECAR_STOP, "stopping an additional container alone"),
	CAP(COMMAND, "a command of the environment's own"),
	CAP(START_STDIO, "attaching to the main process"),
	CAP(USER, "choosing the user"),
	CAP(HOSTNAME, "choosing the host name"),
	CAP(NET_NONE, "an environment without network"),
	CAP(NET_NAMED, "choosing the network"),
	CAP(PORTS, "publishing ports"),
	CAP(PRIVILEGED, "privileged environments"),
	CAP(PLATFORM, "choosing the platform"),
	CAP(DEVICE, "devices"),
	CAP(CPU_LIMIT, "limiting processors"),
	CAP(MEMORY_LIMIT, "limiting memory"),
	CAP(OOM_REPORT, "telling that memory ran out"),
	CAP(EXIT_SIGNAL, "telling which signal ended a process"),
	CAP(EXEC_CONCURRENT, "running commands side by side"),
	CAP(EXEC_USER, "choosing the user of a command"),
	CAP(EXEC_STDIN, "giving input to a command"),
	CAP(EXEC_STDIN_EOF, "ending the input of a command"),
	CAP(EXEC_SPLIT, "keeping stderr apart from stdout"),
	CAP(EXEC_ORDER, "keeping stdout and stderr in order"),
	CAP(EXEC_KILL, "ending a command"),
	CAP(EXEC_KILL_REST, "ending what a command leaves behind"),
	CAP(EXEC_SIGNAL, "sending signals to a command"),
	CAP(EXEC_TTY, "running a command on a terminal"),
	CAP(EXEC_RESIZE, "resizing a terminal"),
	CAP(COPY_STOPPED, "copying while nothing runs"),
	CAP(COPY_OWNER, "choosing the owner of what is copied"),
	CAP(LOGS, "reading the main process's output"),
	CAP(USAGE, "measuring usage"),
	CAP(DIAL, "connecting to ports inside"),
	CAP(EXPOSE, "offering a port of this machine inside"),
	CAP(LIST, "listing what it has made"),
	CAP(OPEN, "taking up an environment again"),
	CAP(UNLOGGED, "leaving the main process's output unlogged"),
	CAP(BUILDKIT, "building what needs BuildKit"),
	CAP(COPY_RUNNING, "copying quicker while something runs"),
	CAP(VOLUME_MEMORY, "volumes in memory"),
};

const char *capability_name(unsigned int capability)
{
	const char *name = cirrus_cap_name(capability);

	return name ? name : "unknown";
}

const char *capability_text(unsigned int capability)
{
	return capability < ARRAY_LEN(capabilities) ? capabilities[capability]
						    : "something unknown";
}
