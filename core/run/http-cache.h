/* SPDX-License-Identifier: MIT */
/* The HTTP cache that tasks are offered as CIRRUS_HTTP_CACHE_HOST, where the
 * environment names none of its own: one server for the run, behind a socket
 * that only this user may open, brought into each environment by the backend.
 * Its address holds the run's secret. */
#ifndef CIRRUS_RUN_HTTP_CACHE_H
#define CIRRUS_RUN_HTTP_CACHE_H

#include "run/instructions.h"

#define HTTP_CACHE_VARIABLE "CIRRUS_HTTP_CACHE_HOST"

/* Whether a task is to be offered one; before its place is created. */
bool http_cache_wanted(struct run *run, const struct environment *env);
/* Offers it, in an environment that is up: true where the variable is new.
 * Where it cannot be done, -v tells why. */
bool http_cache_offer(struct performance *p);
/* The host that the variable names, unless it is ours; or NULL. */
const char *http_cache_external(const struct performance *p);
/* The run's server is over. */
void http_cache_end(struct run *run);
/* The program is about to end, with threads that still use it. */
void http_cache_leave(struct run *run);
/* Removes the sockets of runs that died. */
void http_cache_sweep(void);

#endif
