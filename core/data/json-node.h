/* SPDX-License-Identifier: MIT */
/* A piece of a configuration as JSON. */
#ifndef CIRRUS_DATA_JSON_NODE_H
#define CIRRUS_DATA_JSON_NODE_H

#include "model/node.h"

struct cJSON;

/* A map or list as plain JSON: maps (a duplicate key keeps its last value),
 * lists, strings. */
struct cJSON *json_of_node(const struct node *n);
/* Where all of it stands that json_of_node shows below n: an object of JSON
 * pointers, as "/volumes/0", each with {"line", "column"}. */
struct cJSON *json_of_positions(const struct node *n);

#endif
