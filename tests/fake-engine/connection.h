/* SPDX-License-Identifier: MIT */
/* One connection to the fake engine: reads requests, does what the script says,
 * writes a line "METHOD PATH" into the log for each. */
#ifndef CIRRUS_FAKE_ENGINE_CONNECTION_H
#define CIRRUS_FAKE_ENGINE_CONNECTION_H

#include "tests/fake-engine/script.h"

/* Takes over fd; returns when the connection has ended.  log_fd may be -1. */
void connection_serve(int fd, int log_fd, struct rule *rules);

#endif
