/* SPDX-License-Identifier: MIT */
/* For tests of the REST client: a fake engine with its rules, a connection to
 * it, and a host that remembers what it was told. */
#ifndef CIRRUS_FAKE_ENGINE_HARNESS_H
#define CIRRUS_FAKE_ENGINE_HARNESS_H

#include <cirrus/backend.h>

/* What the host was told since fake_start. */
struct told {
	int errors;
	cirrus_status status;
	char msg[2048], hint[1024]; /* of the last one */
	int progress;
};
extern struct told told;

/* The call for all operations; a test may set its deadline and cancel fd. */
extern struct cirrus_call fake_call;

/* Starts an engine that answers pings and otherwise does what `rules` say, its
 * files in dir, and connects; ends the program where that fails. */
cirrus_conn *fake_start(const char *dir, const char *rules);
/* The same through a child process for each connection, as ssh would be; or
 * with a shell command in place of it.  NULL where that cannot be opened. */
cirrus_conn *fake_dial(const char *dir, const char *rules, const char *command);
/* The engine is gone; nobody listens at its socket. */
void fake_kill(void);
/* Closes the connection, if there is one, and ends the engine. */
void fake_stop(cirrus_conn *c);

/* How often a request that begins with `line` ("POST /containers/create") came,
 * the version in its path aside. */
int fake_requests(const char *line);
const char *fake_socket(void);

/* A container's handle: the rules must serve POST /containers/create. */
cirrus_instance *fake_instance(cirrus_conn *c);

#endif
