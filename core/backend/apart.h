/* SPDX-License-Identifier: MIT */
/* Looking at plugins in processes of their own, so that one that crashes or
 * hangs costs a line and not the program.  The caller must be single-threaded.
 *
 * A child answers with lines "key=value"; apart_put makes them out of any text,
 * and the last one of a key counts. */
#ifndef CIRRUS_BACKEND_APART_H
#define CIRRUS_BACKEND_APART_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

struct apart {
	pid_t pid;
	int fd;            /* its answer; -1 once it has ended */
	struct buf answer; /* all of it */
	bool killed;       /* it was late */
	int status;        /* of waitpid */
};

/* Runs work in a child that leads a process group of its own, has no output but
 * its answer, and dies of its crashes silently. */
int apart_start(struct apart *c, void (*work)(int fd, void *ctx), void *ctx,
		struct error **err) MUST_CHECK;
/* Takes in the answers of all; who has not ended by the deadline is killed, with
 * whatever it has started. */
void apart_collect(struct apart *children, size_t n, int64_t deadline_ns);
void apart_clear(struct apart *c);

void apart_put(int fd, const char *key, const char *value);
/* Ends the child's answer: what comes without it was cut off. */
void apart_end(int fd);
bool apart_ended(const struct apart *c);
/* The value, for free(); NULL where it was not given. */
char *apart_get(const struct apart *c, const char *key);

#endif
