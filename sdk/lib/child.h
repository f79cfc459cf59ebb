/* SPDX-License-Identifier: MIT */
/* Child processes: started by posix_spawn, told apart by pid, reaped by pid.
 *
 * A child starts with default signals and an empty mask, whatever the thread it
 * is started from blocks or ignores, and with no descriptor of ours but the
 * three it is given.
 *
 *	const char *const argv[] = {"docker-credential-pass", "get", NULL};
 *	struct child_result r = CHILD_RESULT_INIT(BUF_LINE);
 *
 *	if (child_run(argv, "example.org", -1, clock_after_ms(5000), &r, err) < 0)
 *		...
 *	child_result_clear(&r);
 *
 * Any thread may call; no global state. */
#ifndef CIRRUS_SDK_CHILD_H
#define CIRRUS_SDK_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

struct child_spec {
	const char *const *argv; /* argv[0] is looked for in PATH */
	int in, out, err;        /* borrowed; -1: /dev/null */
	const char *const *env;  /* "NAME=value", on top of ours; or NULL */
	bool session;            /* leads a session, so a process group, of its
				  * own */
};

/* The child's pid, or -1.  It must be reaped with child_wait or child_end. */
pid_t child_start(const struct child_spec *spec, struct error **err) MUST_CHECK;

/* Waits for the child to end and reaps it; *status as of waitpid(2).  Returns 0,
 * or -1 with ERR_CANCELLED (cancel_fd readable; -1: never) or ERR_TIMEOUT
 * (deadline_ns of clock_now's clock; 0: none), and then the child still runs. */
int child_wait(pid_t pid, int cancel_fd, int64_t deadline_ns, int *status,
	       struct error **err) MUST_CHECK;

/* Ends the child at once (SIGKILL; with `group` all of its process group) and
 * reaps it.  A pid <= 0 is nothing to do. */
void child_end(pid_t pid, bool group);

struct child_result {
	int status; /* as of waitpid(2) */
	struct buf out, err;
};
#define CHILD_RESULT_INIT(max)                              \
	{                                                   \
		.out = BUF_INIT(max), .err = BUF_INIT(max), \
	}
void child_result_clear(struct child_result *r);
#define AUTO_CHILD_RESULT __attribute__((__cleanup__(child_result_clear)))

/* Runs a short command to its end: writes `input` (at most 4096 bytes; NULL:
 * none) to it and collects what it prints; what exceeds the caps is dropped.
 * A child that is still there when the call is cancelled or its time is over is
 * killed.  A command that fails is not an error: look at r->status. */
int child_run(const char *const *argv, const char *input, int cancel_fd,
	      int64_t deadline_ns, struct child_result *r,
	      struct error **err) MUST_CHECK;

/* True where the child ended by itself with status 0. */
bool child_succeeded(int status);

#endif
