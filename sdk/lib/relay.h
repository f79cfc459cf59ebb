/* SPDX-License-Identifier: MIT */
/* Copies between two connections, both ways, until both have ended: what one
 * side says last still arrives, as each direction is closed on its own. */
#ifndef CIRRUS_SDK_RELAY_H
#define CIRRUS_SDK_RELAY_H

#include <stdint.h>

enum relay_end { RELAY_DONE, RELAY_CANCELLED, RELAY_TIMEOUT };

/* Both are borrowed and keep their flags.  stop_fd readable (-1: never) or the
 * deadline (clock_now's clock, 0: none) end it early. */
enum relay_end relay_run(int a, int b, int stop_fd, int64_t deadline_ns);

#endif
