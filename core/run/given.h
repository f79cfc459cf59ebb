/* SPDX-License-Identifier: MIT */
/* The options that a task's block gives to the backend: keys that the language
 * itself does not know. */
#ifndef CIRRUS_RUN_GIVEN_H
#define CIRRUS_RUN_GIVEN_H

#include <cirrus/backend.h>

#include "base/strv.h"
#include "run/context.h"

struct given {
	struct strv texts; /* what is in kv */
	struct cirrus_kv *kv;
	size_t len;
};

/* NULL, or why the backend of the run does not take them, for free(). */
char *given_read(const struct run *run, const struct task *t,
		 struct given *out);
void given_clear(struct given *g);
#define AUTO_GIVEN __attribute__((__cleanup__(given_clear)))

#endif
