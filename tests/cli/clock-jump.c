/* SPDX-License-Identifier: MIT */
/* For LD_PRELOAD: a clock on the wall that is three days ahead, then right, then
 * three days behind, by turns, each time that somebody looks at it. */
#include "config.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define DAYS (3 * 24 * 60 * 60L)

#define PUBLIC __attribute__((__visibility__("default")))

PUBLIC int clock_gettime(clockid_t id, struct timespec *ts)
{
	static atomic_int looks;
	int r = (int)syscall(SYS_clock_gettime, id, ts);

	if (r == 0 && id == CLOCK_REALTIME)
		ts->tv_sec += DAYS * (looks++ % 3 - 1);
	return r;
}

PUBLIC time_t time(time_t *out)
{
	struct timespec ts = {0};

	clock_gettime(CLOCK_REALTIME, &ts);
	if (out)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

PUBLIC int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec ts = {0};

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	*out = (struct timeval){ts.tv_sec, ts.tv_nsec / 1000};
	return 0;
}
