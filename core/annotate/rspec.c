/* SPDX-License-Identifier: MIT */
/* `rspec --format json`: an object whose examples are tests. */
#include "config.h"

#include "annotate/parse.h"

#include <string.h>

static void add(const struct cJSON *example, struct annotations *out)
{
	const char *status = json_get_str(example, "status");
	bool failed = status && strcmp(status, "failed") == 0;
	struct finding f = {
		.level = failed ? ANNOTATION_FAILURE : ANNOTATION_NOTICE,
		.title = json_get_str(example, "full_description"),
		.path = json_get_str(example, "file_path"),
		.start_line = annotate_number(example, "line_number"),
	};

	if (!failed && !(status && strcmp(status, "pending") == 0))
		return;
	f.details =
		failed ? json_get_str(json_get(example, "exception"), "message")
		       : json_get_str(example, "pending_message");
	annotations_add(out, &f);
}

int annotate_rspec(const char *text, size_t len, struct annotations *out,
		   struct error **err)
{
	AUTO_JSON struct cJSON *o =
		annotate_value(text, len, ANNOTATE_OBJECT, err);

	if (!o)
		return -1;
	for (const struct cJSON *e = json_first(json_get(o, "examples")); e;
	     e = json_next(e))
		add(e, out);
	return 0;
}
