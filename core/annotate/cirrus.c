/* SPDX-License-Identifier: MIT */
/* Our own: any number of objects, each an annotation as it is. */
#include "config.h"

#include "annotate/parse.h"

#include <strings.h>

static int find_level(const char *name, enum annotation_level *level,
		      struct error **err)
{
	if (!name)
		return error_set(err, ERR_CONFIG, "the object has no level");
	for (int i = 0; i < ANNOTATION_LEVELS; i++) {
		*level = (enum annotation_level)i;
		if (strcasecmp(name, annotation_level_name(*level)) == 0)
			return 0;
	}
	return error_set(err, ERR_CONFIG,
			 "the level is not notice, warning or failure");
}

static int add(const struct cJSON *o, struct annotations *out,
	       struct error **err)
{
	struct finding f = {
		.title = json_get_str(o, "message"),
		.details = json_get_str(o, "raw_details"),
		.path = json_get_str(o, "path"),
		.start_line = annotate_number(o, "start_line"),
		.end_line = annotate_number(o, "end_line"),
		.start_column = annotate_number(o, "start_column"),
		.end_column = annotate_number(o, "end_column"),
	};

	if (find_level(json_get_str(o, "level"), &f.level, err) < 0)
		return -1;
	annotations_add(out, &f);
	return 0;
}

int annotate_cirrus(const char *text, size_t len, struct annotations *out,
		    struct error **err)
{
	return annotate_stream(text, len, add, out, err);
}
