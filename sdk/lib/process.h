/* SPDX-License-Identifier: MIT */
/* Processes of a container as this machine sees them: where the engine runs
 * beside us, its process ids are ours. */
#ifndef CIRRUS_SDK_PROCESS_H
#define CIRRUS_SDK_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/vec.h"

VEC_DEFINE(pid_vec, pid_t);

/* Whether this process lives in a process-id space below ours, as all of a
 * container's do: guards against a number that means another process. */
bool process_is_contained(pid_t pid);

/* The process, its descendants, and all that its session still has after it is
 * gone itself; ends are not noticed meanwhile, so look again where it counts. */
void process_tree(pid_t root, struct pid_vec *out);

/* Sends a signal to all of them.  Where the kernel does not let us, and the
 * container is one of our own user's, through a helper that joins its user
 * namespace: helper_argv as in struct cirrus_config, may be NULL.  0, or -1
 * where one could not be reached. */
int process_signal(const struct pid_vec *pids, int signal,
		   const char *const *helper_argv);

/* What the helper does; argv: SIGNAL PID... */
int process_helper(int argc, char **argv);

#endif
