/* SPDX-License-Identifier: MIT */
/* A `podman system service` of our own, for one connection.
 *
 * We make the socket and hand it over listening, as systemd does
 * (sd_listen_fds(3)): a connection succeeds at once and is answered when the
 * service is up, so nobody polls.
 *
 * Between us and the service stands a watcher, a shell whose standard input is
 * a pipe that only we hold.  However we end, the pipe's end wakes it, and it
 * removes the socket, terminates the service's whole process group (rootless,
 * the service may be two processes) and, after a grace, kills it. */
#ifndef CIRRUS_PODMAN_SERVICE_H
#define CIRRUS_PODMAN_SERVICE_H

#include <cirrus/backend.h>

#include "base/error.h"

struct service;

/* Starts `program system service` with a socket below runtime_dir; does not
 * wait until it is up. */
struct service *service_start(const char *program, const char *runtime_dir,
			      struct error **err) MUST_CHECK;
/* Waits until the service answers.  Where it dies instead, the error is what it
 * said last. */
int service_await(struct service *s, const struct cirrus_call *call,
		  struct error **err) MUST_CHECK;
const char *service_socket(const struct service *s); /* a path */

/* Ends the service, waits until it is gone, frees s (NULL is allowed). */
void service_end(struct service *s);

#endif
