/* SPDX-License-Identifier: MIT */
#ifndef CIRRUS_BACKEND_HINT_H
#define CIRRUS_BACKEND_HINT_H

#include "base/error.h"
#include "base/strv.h"

/* The hint for a word that is none of `names`: the nearest, and all of them,
 * which are called `what`.  Nothing where there are none. */
void hint_names(struct error **err, const char *word, const struct strv *names,
		const char *what);

#endif
