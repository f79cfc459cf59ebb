/* SPDX-License-Identifier: MIT */
/* The actions of `cirrus cache`. */
#ifndef CIRRUS_CLI_CACHE_H
#define CIRRUS_CLI_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/cache.h"

struct cache_values {
	const char *dir;
	bool all, json, dry_run;
	int64_t older_than_ns, max_bytes; /* -1: not given */
};

typedef int cache_act_fn(const struct cache_values *v, struct cache_dirs *dirs,
			 char **operands, struct error **err);
struct cache_action {
	const char *name;
	const char *operands; /* "KEY FILE" */
	const char *help;
	bool of_one; /* project */
	cache_act_fn *act;
};
extern const struct cache_action cache_actions[]; /* ended by a zeroed one */

cache_act_fn cache_do_list, cache_do_show, cache_do_rm, cache_do_prune,
	cache_do_export, cache_do_import;

/* The project of the configuration, as for a run, else that of this folder. */
int cache_open_project(const struct cache_values *v, struct cache_dirs *out,
		       struct error **err) MUST_CHECK;
/* An entry of either kind; what is not there is an error. */
int cache_find_any(struct cache_dir *d, const char *key, struct cache_entry *e,
		   int *fd, struct error **err) MUST_CHECK;

#endif
