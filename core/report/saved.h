/* SPDX-License-Identifier: MIT */
/* A run as it is kept for later: RUN/run.json beside its logs.
 *
 * Written while the run goes on, so that one that was killed can be looked at
 * too, and read by `cirrus logs` and `cirrus run --failed`. */
#ifndef CIRRUS_REPORT_SAVED_H
#define CIRRUS_REPORT_SAVED_H

#include "base/buf.h"
#include "base/error.h"
#include "report/view.h"

struct cJSON;

/* Into v->dir. */
int saved_write(const struct view *v, struct error **err) MUST_CHECK;
/* What lies in that directory; v is empty before. */
int saved_read(const char *dir, struct view *v, struct error **err) MUST_CHECK;
/* The same as a value, for `cirrus logs --json`; to be freed. */
struct cJSON *saved_json(const struct view *v);

#endif
