/* SPDX-License-Identifier: MIT */
/* From our errors to the plugin contract's: a status for the host's decisions
 * and one report for people. */
#ifndef CIRRUS_SDK_FAULT_H
#define CIRRUS_SDK_FAULT_H

#include <cirrus/backend.h>

#include "base/error.h"

/* The status that an error's code stands for. */
cirrus_status fault_status(const struct error *e);

/* Sets what *err says and returns `status`, for `return fault_set(...)` where
 * the status alone decides. */
cirrus_status fault_set(struct error **err, cirrus_status status,
			const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Reports *err to the call's host with its hint, empties it, returns `status`. */
cirrus_status fault_report_as(const struct cirrus_call *call,
			      cirrus_status status, struct error **err);
/* The same with fault_status. */
cirrus_status fault_report(const struct cirrus_call *call, struct error **err);

#endif
