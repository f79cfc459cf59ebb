/* SPDX-License-Identifier: MIT */
/* What a process of an instance sees, and how one gets there.
 *
 * Everything a new process needs is computed before the fork, because between
 * fork and exec only async-signal-safe calls are allowed: the host may have
 * threads. */
#ifndef CIRRUS_TESTS_DUMMY_SPACE_H
#define CIRRUS_TESTS_DUMMY_SPACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/mem.h"
#include "base/vec.h"

struct space_mount {
	char *source; /* NULL: a tmpfs */
	char *target; /* below root, as the machine names it */
	bool readonly;
};
VEC_DEFINE(space_mounts, struct space_mount);

struct space {
	char *root;
	struct space_mounts mounts;
	char *hostname;
	bool no_net;
	pid_t join; /* enter this process's namespaces; 0: make new ones */
	/* opened by space_run before it forks */
	int ns[5];
	bool user_ns;
	char uid_map[48], gid_map[48];
};

/* Adds the machine's own directories; makes their mount points in root. */
void space_init(struct space *s, const char *root);
void space_add(struct space *s, const char *source, const char *inside,
	       bool readonly);
void space_clear(struct space *s);
/* Whether this machine lets us make one at all. */
bool space_possible(void);

struct space_job {
	const char *const *argv; /* NULL: do nothing until TERM */
	char *const *env;
	const char *workdir;
	int fds[3]; /* for 0, 1 and 2 inside; -1: /dev/null */
	bool tty;   /* fds[0] becomes the controlling terminal */
	bool set_user;
	uid_t uid;
	gid_t gid;
	bool kill_rest; /* when it ends, kill what is left of its session */
	/* A main process only: it outlives us.  Its number is written at once,
	 * its end when it comes; alive_fd is only held open until then. */
	bool detached;
	int pid_fd, exit_fd, alive_fd;
};

/* What is written to exit_fd. */
struct space_end {
	int32_t status; /* as wait(2) tells */
	int32_t reserved;
	int64_t user_ns, system_ns, peak_bytes;
};

enum { SPACE_STARTED = 1, SPACE_FAILED, SPACE_ENDED };
/* What comes back through the pipe: STARTED with the pid, then FAILED with the
 * step and its errno where the command could not be executed, then, unless it
 * is detached, ENDED. */
struct space_report {
	int32_t type, pid;
	int32_t error, reserved;
	char step[16];
	struct space_end end;
};

/* Starts the job.  *helper is our child, to be waited for after the pipe's end.
 * Returns the reading end of the pipe, or -1 with errno. */
int space_run(const struct space *s, const struct space_job *job,
	      pid_t *helper);

#endif
