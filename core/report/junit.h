/* SPDX-License-Identifier: MIT */
/* `--junit`: a run as JUnit's XML, as CI systems read it.
 *
 * A task is a test suite, an instruction a test case; what went wrong before
 * the first instruction, or with the task itself, is a case of its own. */
#ifndef CIRRUS_REPORT_JUNIT_H
#define CIRRUS_REPORT_JUNIT_H

#include "report/out.h"
#include "report/view.h"

void junit_write(const struct view *v, struct out *to);

#endif
