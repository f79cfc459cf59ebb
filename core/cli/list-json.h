/* SPDX-License-Identifier: MIT */
/* What `cirrus list --json` prints. */
#ifndef CIRRUS_CLI_LIST_JSON_H
#define CIRRUS_CLI_LIST_JSON_H

#include <stdbool.h>

#include "model/task.h"

struct cJSON;

/* The chosen tasks that only_if keeps, in the JSON task model. */
struct cJSON *list_json(const struct tasks *tasks, const bool *chosen);
/* All that is known, filtered tasks and warnings included: cirrus-list(1) has
 * the schema.  by_git: see load_enabled_by_git. */
struct cJSON *list_json_full(const struct tasks *tasks, const bool *chosen,
			     const bool *by_git);

/* Why a task will not run, for free(); NULL where it will. */
char *list_why_not(const struct task *t);

#endif
