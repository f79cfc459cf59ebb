/* SPDX-License-Identifier: MIT */
/* `xclogparser parse --reporter flatJson`: an array of steps of a build, each with
 * what the compiler said. */
#include "config.h"

#include "annotate/parse.h"

static void add(enum annotation_level level, const struct cJSON *x,
		struct annotations *out)
{
	const char *url = json_get_str(x, "documentURL");
	AUTO_FREE char *path = url && *url ? annotate_file_url(url) : NULL;
	struct finding f = {
		.level = level,
		.title = json_get_str(x, "title"),
		.details = json_get_str(x, "detail"),
		.path = path,
		.start_line = annotate_number(x, "startingLineNumber"),
		.end_line = annotate_number(x, "endingLineNumber"),
		.start_column = annotate_number(x, "startingColumnNumber"),
		.end_column = annotate_number(x, "endingColumnNumber"),
	};

	if (path)
		annotations_add(out, &f);
}

static void add_all(enum annotation_level level, const struct cJSON *list,
		    struct annotations *out)
{
	for (const struct cJSON *x = json_first(list); x; x = json_next(x))
		add(level, x, out);
}

int annotate_xclogparser(const char *text, size_t len, struct annotations *out,
			 struct error **err)
{
	AUTO_JSON struct cJSON *steps =
		annotate_value(text, len, ANNOTATE_ARRAY, err);

	if (!steps)
		return -1;
	for (const struct cJSON *s = json_first(steps); s; s = json_next(s)) {
		add_all(ANNOTATION_FAILURE, json_get(s, "errors"), out);
		add_all(ANNOTATION_WARNING, json_get(s, "warnings"), out);
		add_all(ANNOTATION_NOTICE, json_get(s, "notes"), out);
	}
	return 0;
}
