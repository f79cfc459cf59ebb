/* SPDX-License-Identifier: MIT */
/* Variables of the command line: -e NAME=VALUE, -e NAME, --env-file FILE. */
#ifndef CIRRUS_CLI_USER_ENV_H
#define CIRRUS_CLI_USER_ENV_H

#include "base/error.h"
#include "model/environment.h"

/* NAME=VALUE sets: the first '=' separates, nothing is trimmed or unquoted.
 * NAME alone passes our own variable on, if it is set. */
int user_env_add(struct environment *env, const char *entry,
		 struct error **err) MUST_CHECK;
/* The same, one a line; empty lines and those that begin with '#' mean
 * nothing, a line may end in CR LF. */
int user_env_add_file(struct environment *env, const char *path,
		      struct error **err) MUST_CHECK;

#endif
