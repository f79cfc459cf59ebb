/* SPDX-License-Identifier: MIT */
/* golangci-lint's JSON: an object with Issues, or null where there are none. */
#include "config.h"

#include "annotate/parse.h"

static void add(const struct cJSON *issue, struct annotations *out)
{
	const struct cJSON *at = json_get(issue, "Pos");
	const struct cJSON *range = json_get(issue, "LineRange");
	const char *linter = json_get_str(issue, "FromLinter");
	const char *text = json_get_str(issue, "Text");
	AUTO_FREE char *title =
		linter ? xasprintf("%s (%s)", text ? text : "", linter)
		       : xstrdup_or_null(text);
	struct finding f = {
		.level = ANNOTATION_FAILURE,
		.title = title,
		.path = json_get_str(at, "Filename"),
		.start_line = annotate_number(at, "Line"),
		.end_line = annotate_number(range, "To"),
		.start_column = annotate_number(at, "Column"),
	};

	annotations_add(out, &f);
}

int annotate_golangci(const char *text, size_t len, struct annotations *out,
		      struct error **err)
{
	AUTO_JSON struct cJSON *o =
		annotate_value(text, len, ANNOTATE_OBJECT, err);

	if (!o)
		return -1;
	for (const struct cJSON *i = json_first(json_get(o, "Issues")); i;
	     i = json_next(i))
		add(i, out);
	return 0;
}
