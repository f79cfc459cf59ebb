/* SPDX-License-Identifier: MIT */
/* Verdicts on standard output: TAP, or one JSON object. */
#ifndef CIRRUS_SDK_CHECK_REPORT_H
#define CIRRUS_SDK_CHECK_REPORT_H

#include "harness.h"

struct report {
	bool json, strict;
	int n, passed, failed, skipped;
};
void report_begin(struct report *r, const char *plugin);
void report_check(struct report *r, const struct check *check,
		  const struct result *result);
/* left: what could not be removed, or NULL.  The program's exit status. */
int report_end(struct report *r, const char *left, int interrupted);

#endif
