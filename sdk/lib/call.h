/* SPDX-License-Identifier: MIT */
/* The limits that a host's call puts on us, in base's terms. */
#ifndef CIRRUS_SDK_CALL_H
#define CIRRUS_SDK_CALL_H

#include <cirrus/backend.h>

/* For poll: -1 where the call cannot be cancelled. */
int call_cancel_fd(const struct cirrus_call *call);
/* The deadline on clock_now's clock; 0: none. */
int64_t call_deadline(const struct cirrus_call *call);

/* What every spec is asked first: NOTSUP, reported, for a flag outside `known`
 * and for anything that must be understood, as we understand nothing yet. */
cirrus_status call_check(const struct cirrus_call *call, const char *what,
			 uint32_t flags, uint32_t known, uint64_t required);

/* A call of our own, for what must happen when the host's is over already, or
 * in a thread that works for none: its limits, and a host that hears nothing. */
struct cirrus_call call_own(int cancel_fd, int64_t ms);

#endif
