/* SPDX-License-Identifier: MIT */
/* `rubocop --format json`: an object of files with their offenses. */
#include "config.h"

#include "annotate/parse.h"

#include <string.h>

static enum annotation_level level_of(const struct cJSON *offense)
{
	const char *severity = json_get_str(offense, "severity");

	if (!severity || json_get_bool(offense, "corrected", false))
		return ANNOTATION_NOTICE;
	if (strcmp(severity, "error") == 0 || strcmp(severity, "fatal") == 0)
		return ANNOTATION_FAILURE;
	return strcmp(severity, "warning") == 0 ? ANNOTATION_WARNING
						: ANNOTATION_NOTICE;
}

static void add(const char *path, const struct cJSON *offense,
		struct annotations *out)
{
	const struct cJSON *at = json_get(offense, "location");
	AUTO_FREE char *title =
		annotate_title(json_get_str(offense, "cop_name"),
			       json_get_str(offense, "message"));
	struct finding f = {
		.level = level_of(offense),
		.title = title,
		.path = path,
		.start_line = annotate_number(at, "start_line"),
		.end_line = annotate_number(at, "last_line"),
		.start_column = annotate_number(at, "start_column"),
		.end_column = annotate_number(at, "last_column"),
	};

	/* as older versions wrote it */
	if (f.start_line == 0)
		f.start_line = annotate_number(at, "line");
	if (f.start_column == 0)
		f.start_column = annotate_number(at, "column");
	annotations_add(out, &f);
}

int annotate_rubocop(const char *text, size_t len, struct annotations *out,
		     struct error **err)
{
	AUTO_JSON struct cJSON *o =
		annotate_value(text, len, ANNOTATE_OBJECT, err);

	if (!o)
		return -1;
	for (const struct cJSON *f = json_first(json_get(o, "files")); f;
	     f = json_next(f)) {
		const char *path = json_get_str(f, "path");

		for (const struct cJSON *x =
			     json_first(json_get(f, "offenses"));
		     x; x = json_next(x))
			add(path, x, out);
	}
	return 0;
}
