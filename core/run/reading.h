/* SPDX-License-Identifier: MIT */
/* What is in a place, as a stream to read: a thread of its own takes it from the
 * backend, and no more of it is in memory than a ring holds.
 *
 *	reading_begin(place, deadline_ns, "/", paths, &r, &err);
 *	while ((n = reading_read(r, data, sizeof(data))) > 0)
 *		...
 *	status = reading_end(r, true, &err);
 */
#ifndef CIRRUS_RUN_READING_H
#define CIRRUS_RUN_READING_H

#include "run/place.h"

struct reading;
/* As place_read; dir and paths are borrowed until the end. */
int reading_begin(struct place *p, int64_t deadline_ns, const char *dir,
		  const char *const *paths, struct reading **out,
		  struct error **err) MUST_CHECK;
/* How many bytes; 0 at the end; -1 where the backend failed. */
ssize_t reading_read(void *r, void *data, size_t len);
/* How the backend's call ended.  `drain`: what is left is read first; without,
 * the call is broken off. */
cirrus_status reading_end(struct reading *r, bool drain, struct error **err);

#endif
