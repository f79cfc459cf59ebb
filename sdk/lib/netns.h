/* SPDX-License-Identifier: MIT */
/* Sockets in the network of a container, made by a forked child that joins it
 * and hands the socket back: for root, and for the user to whom a rootless
 * engine belongs. */
#ifndef CIRRUS_SDK_NETNS_H
#define CIRRUS_SDK_NETNS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

enum netns_kind { NETNS_CONNECT, NETNS_LISTEN };

struct netns_spec {
	enum netns_kind kind;
	pid_t pid;           /* a process of the container */
	uint16_t port;       /* on 127.0.0.1; to listen: 0 = any */
	int cancel_fd;       /* -1: none */
	int64_t deadline_ns; /* clock_now's clock; 0: none */
};

/* A connected or listening socket, close-on-exec, or -1; *err then has the code
 * ERR_NOTFOUND where nobody listens, ERR_CANCELLED or ERR_TIMEOUT. */
int netns_socket(const struct netns_spec *spec, struct error **err) MUST_CHECK;

#endif
