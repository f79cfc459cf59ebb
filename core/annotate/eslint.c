/* SPDX-License-Identifier: MIT */
/* `eslint --format json`: an array of files with their messages. */
#include "config.h"

#include "annotate/parse.h"

static enum annotation_level level_of(const struct cJSON *message)
{
	int64_t severity = json_get_int(message, "severity", 0);

	if (severity == 2)
		return ANNOTATION_FAILURE;
	return severity == 1 ? ANNOTATION_WARNING : ANNOTATION_NOTICE;
}

static void add(const char *path, const struct cJSON *message,
		struct annotations *out)
{
	AUTO_FREE char *title =
		annotate_title(json_get_str(message, "ruleId"),
			       json_get_str(message, "message"));
	struct finding f = {
		.level = level_of(message),
		.title = title,
		.path = path,
		.start_line = annotate_number(message, "line"),
		.end_line = annotate_number(message, "endLine"),
		.start_column = annotate_number(message, "column"),
		.end_column = annotate_number(message, "endColumn"),
	};

	annotations_add(out, &f);
}

int annotate_eslint(const char *text, size_t len, struct annotations *out,
		    struct error **err)
{
	AUTO_JSON struct cJSON *list =
		annotate_value(text, len, ANNOTATE_ARRAY, err);

	if (!list)
		return -1;
	for (const struct cJSON *f = json_first(list); f; f = json_next(f)) {
		const char *path = json_get_str(f, "filePath");

		for (const struct cJSON *m =
			     json_first(json_get(f, "messages"));
		     m; m = json_next(m))
			add(path, m, out);
	}
	return 0;
}
