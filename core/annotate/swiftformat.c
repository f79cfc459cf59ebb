/* SPDX-License-Identifier: MIT */
/* `swiftformat --reporter json`: an array of what it would change. */
#include "config.h"

#include "annotate/parse.h"

static void add(const struct cJSON *o, struct annotations *out)
{
	AUTO_FREE char *title = annotate_title(json_get_str(o, "rule_id"),
					       json_get_str(o, "reason"));
	struct finding f = {
		.level = ANNOTATION_WARNING,
		.title = title,
		.path = json_get_str(o, "file"),
		.start_line = annotate_number(o, "line"),
	};

	annotations_add(out, &f);
}

int annotate_swiftformat(const char *text, size_t len, struct annotations *out,
			 struct error **err)
{
	AUTO_JSON struct cJSON *list =
		annotate_value(text, len, ANNOTATE_ARRAY, err);

	if (!list)
		return -1;
	for (const struct cJSON *o = json_first(list); o; o = json_next(o))
		add(o, out);
	return 0;
}
