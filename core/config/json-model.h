/* SPDX-License-Identifier: MIT */
/* Tasks as JSON, in the model that tools around .cirrus.yml know (the protobuf
 * JSON mapping of its tasks): lowerCamelCase names, default values left out,
 * 64-bit numbers as strings. */
#ifndef CIRRUS_CONFIG_JSON_MODEL_H
#define CIRRUS_CONFIG_JSON_MODEL_H

#include "model/task.h"

struct cJSON;

/* The tasks that only_if keeps, as an array with sorted keys. */
struct cJSON *json_model_tasks(const struct tasks *tasks);
/* One task, keys unsorted. */
struct cJSON *json_model_task(const struct task *task);

#endif
