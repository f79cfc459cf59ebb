/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/attempt.h"

#include "base/clock.h"
#include "base/fd.h"

#define CLEANUP_TIME (15 * NS_PER_S)

static const int64_t pauses[] = {200 * NS_PER_MS, 1 * NS_PER_S, 3 * NS_PER_S};

void attempt_init(struct attempt *at, const struct cirrus_backend *table,
		  const char *op, const struct call_options *o,
		  unsigned int how)
{
	*at = (struct attempt){.table = table, .op = op, .how = how};
	if (o)
		at->options = *o;
	if (how & ATTEMPT_CLEANUP) {
		int64_t least = clock_now() + CLEANUP_TIME;

		at->options.cancel_fd = -1;
		if (at->options.deadline_ns < least)
			at->options.deadline_ns = least;
	}
}

static bool worth_another(const struct attempt *at)
{
	if (at->how & ATTEMPT_ONCE || (at->taken && *at->taken > 0))
		return false;
	return at->status == CIRRUS_E_UNAVAIL ||
	       (at->status == CIRRUS_E_TIMEOUT && at->how & ATTEMPT_PULL);
}

/* False where there is no time left, or somebody cancels meanwhile. */
static bool pause_before(struct attempt *at)
{
	int64_t until;

	if (!worth_another(at) || at->tries > (int)ARRAY_LEN(pauses))
		return false;
	until = clock_now() + pauses[at->tries - 1];
	if (at->options.deadline_ns && until >= at->options.deadline_ns)
		return false;
	services_log(at->options.scope, CIRRUS_LOG_INFO,
		     "%s; trying again in %d ms", at->error->msg,
		     (int)(pauses[at->tries - 1] / NS_PER_MS));
	/* -1: poll(2) passes over it, so this is a sleep that can be broken. */
	return fd_wait(-1, 0,
		       at->options.cancel_fd > 2 ? at->options.cancel_fd : -1,
		       until) == FD_TIMEOUT;
}

bool attempt_next(struct attempt *at)
{
	if (at->tries > 0) {
		at->status = call_end(&at->call, at->status, &at->error);
		if (at->status == CIRRUS_OK || !pause_before(at))
			return false;
		error_free(STEAL_PTR(at->error));
	}
	at->tries++;
	at->status = CIRRUS_E_FAILED;
	call_begin(&at->call, at->table, at->op, &at->options);
	return true;
}

cirrus_status attempt_done(struct attempt *at, struct error **err)
{
	if (at->error && err && !*err)
		*err = STEAL_PTR(at->error);
	error_free(STEAL_PTR(at->error));
	return at->status;
}
