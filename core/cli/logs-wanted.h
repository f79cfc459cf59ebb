/* SPDX-License-Identifier: MIT */
/* What of a run `cirrus logs` is asked for. */
#ifndef CIRRUS_CLI_LOGS_WANTED_H
#define CIRRUS_CLI_LOGS_WANTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "report/view.h"

struct wanted {
	const char *task, *step; /* NULL: any */
	bool failed;
};

/* As struct replay asks; ctx is a struct wanted. */
bool wanted_is(void *ctx, const struct task_view *t, const struct step_view *s);
/* How many steps, and tasks without any, there are of what is wanted; *last: the
 * last of the steps. */
size_t wanted_count(const struct wanted *w, const struct view *v,
		    struct step_view **last);
/* Why there are none. */
int wanted_none(const struct wanted *w, const struct view *v,
		struct error **err) MUST_CHECK;

#endif
