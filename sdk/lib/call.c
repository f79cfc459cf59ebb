/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/call.h"

#include <cirrus/sdk.h>
#include <poll.h>

#include "base/clock.h"
#include "base/mem.h"

int call_cancel_fd(const struct cirrus_call *call)
{
	return call->cancel_fd > 2 ? call->cancel_fd : -1;
}

int64_t call_deadline(const struct cirrus_call *call)
{
	if (call->deadline_ns == 0)
		return 0;
	return clock_now() + (call->deadline_ns - call->host->now_ns());
}

cirrus_status call_check(const struct cirrus_call *call, const char *what,
			 uint32_t flags, uint32_t known, uint64_t required)
{
	cirrus_status s = cirrus_check_required(call, what, required, 0);

	return s < 0 ? s : cirrus_check_flags(call, what, flags, known);
}

static int32_t own_cancelled(const struct cirrus_call *call)
{
	struct pollfd p = {.fd = call_cancel_fd(call), .events = POLLIN};

	return p.fd >= 0 && poll(&p, 1, 0) > 0;
}

static void own_error(const struct cirrus_call *call UNUSED,
		      cirrus_status status UNUSED, const char *msg UNUSED,
		      const char *hint UNUSED)
{
}

static void own_log(const struct cirrus_call *call UNUSED, int32_t level UNUSED,
		    const char *msg UNUSED)
{
}

struct cirrus_call call_own(int cancel_fd, int64_t ms)
{
	static const struct cirrus_host host = {.struct_size = sizeof(host),
						.log = own_log,
						.error = own_error,
						.cancelled = own_cancelled,
						.now_ns = clock_now};

	return (struct cirrus_call){.struct_size = sizeof(struct cirrus_call),
				    .cancel_fd = cancel_fd,
				    .deadline_ns = clock_after_ms(ms),
				    .host = &host};
}
