/* SPDX-License-Identifier: MIT */
/* `buf lint --error-format=json`: any number of objects. */
#include "config.h"

#include "annotate/parse.h"

static int add(const struct cJSON *o, struct annotations *out,
	       struct error **err UNUSED)
{
	AUTO_FREE char *title = annotate_title(json_get_str(o, "type"),
					       json_get_str(o, "message"));
	struct finding f = {
		.level = ANNOTATION_WARNING,
		.title = title,
		.path = json_get_str(o, "path"),
		.start_line = annotate_number(o, "start_line"),
		.end_line = annotate_number(o, "end_line"),
		.start_column = annotate_number(o, "start_column"),
		.end_column = annotate_number(o, "end_column"),
	};

	annotations_add(out, &f);
	return 0;
}

int annotate_buf(const char *text, size_t len, struct annotations *out,
		 struct error **err)
{
	return annotate_stream(text, len, add, out, err);
}
