/* SPDX-License-Identifier: MIT */
/* Annotations as JSON: as events tell of them, and as they are kept. */
#ifndef CIRRUS_REPORT_ANNOTATION_JSON_H
#define CIRRUS_REPORT_ANNOTATION_JSON_H

#include "model/annotation.h"

struct cJSON;

/* Adds its fields to an object. */
void annotation_to_json(const struct annotation *a, struct cJSON *o);
/* As far as the fields are there. */
struct annotation *annotation_from_json(const struct cJSON *o);

#endif
