/* SPDX-License-Identifier: MIT */
/* Time: one monotonic clock in nanoseconds for deadlines and durations, and
 * the words in which durations are shown. */
#ifndef CIRRUS_BASE_CLOCK_H
#define CIRRUS_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

int64_t clock_now(void);   /* monotonic; never 0 */
int64_t clock_epoch(void); /* wall clock, since 1970 */
/* A deadline that many milliseconds from now; 0 stays 0 (none). */
int64_t clock_after_ms(int64_t ms);

/* As the old CLI wrote it: "1.5s" below ten seconds, "42s", "01:30" from a
 * minute on, "01:00:00" from an hour on. */
#define CLOCK_TEXT 24
const char *clock_format(int64_t duration_ns, char out[CLOCK_TEXT]);
/* "2026-11-23T19:04:00.123Z" for JSON. */
const char *clock_format_utc(int64_t epoch_ns, char out[32]);

#endif
