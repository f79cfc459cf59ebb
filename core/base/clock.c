/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t clock_now(void)
{
	return read_clock(CLOCK_MONOTONIC) + 1;
}

int64_t clock_epoch(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_after_ms(int64_t ms)
{
	return ms == 0 ? 0 : clock_now() + ms * NS_PER_MS;
}

const char *clock_format(int64_t duration_ns, char out[CLOCK_TEXT])
{
	int64_t s = duration_ns / NS_PER_S;

	if (duration_ns < 10 * NS_PER_S)
		snprintf(out, CLOCK_TEXT, "%" PRId64 ".%" PRId64 "s", s,
			 duration_ns / (NS_PER_S / 10) % 10);
	else if (s < 60)
		snprintf(out, CLOCK_TEXT, "%" PRId64 "s", s);
	else if (s < 3600)
		snprintf(out, CLOCK_TEXT, "%02" PRId64 ":%02" PRId64, s / 60,
			 s % 60);
	else
		snprintf(out, CLOCK_TEXT,
			 "%02" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600,
			 s / 60 % 60, s % 60);
	return out;
}

const char *clock_format_utc(int64_t epoch_ns, char out[32])
{
	time_t t = (time_t)(epoch_ns / NS_PER_S);
	struct tm tm;
	size_t n;

	gmtime_r(&t, &tm);
	n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, 32 - n, ".%03dZ",
		 (int)(epoch_ns % NS_PER_S / NS_PER_MS));
	return out;
}
