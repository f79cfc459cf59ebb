/* SPDX-License-Identifier: MIT */
/* The instructions `cache` and `upload_caches`, in whatever place the task has
 * just now.
 *
 * What a cache instruction has found out, its upload needs: struct caches keeps
 * it from one to the other, also across the steps of a pipe. */
#ifndef CIRRUS_RUN_CACHE_H
#define CIRRUS_RUN_CACHE_H

#include "run/instructions.h"

/* The scripts of a cache, as script files are told apart. */
#define CACHE_FINGERPRINT "f"
#define CACHE_POPULATE    "p"

void caches_free(struct caches *c); /* NULL is fine */

struct step_result cache_restore(struct performance *p, struct step *s,
				 const struct instruction *i, size_t index);
struct step_result cache_upload(struct performance *p, struct step *s,
				const struct instruction *i, size_t index);

#endif
