/* SPDX-License-Identifier: MIT */
/* What a plugin is opened with: its options, the run's labels, directories of
 * its own, and the way to its helper. */
#ifndef CIRRUS_BACKEND_SETTINGS_H
#define CIRRUS_BACKEND_SETTINGS_H

#include <cirrus/backend.h>

#include "backend/backend.h"
#include "backend/loader.h"
#include "base/arena.h"

struct settings {
	struct arena arena;
	struct cirrus_config *config; /* padded, in the arena */
};

/* Options come from choice->options, else from the environment
 * (CIRRUS_CLI_<NAME>_<KEY>), else from the configuration file, else from the
 * plugin's table of defaults, and are checked against that table. */
int settings_make(struct settings *s, const struct backend *b,
		  const struct backend_choice *choice,
		  struct error **err) MUST_CHECK;
void settings_clear(struct settings *s);

#endif
