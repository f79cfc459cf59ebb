/* SPDX-License-Identifier: MIT */
/* Qodana's report of all problems: an object with listProblem, each with the
 * sources that it is about. */
#include "config.h"

#include "annotate/parse.h"

#include <strings.h>

static enum annotation_level level_of(const struct cJSON *problem)
{
	const char *severity = json_get_str(problem, "severity");

	if (!severity)
		return ANNOTATION_NOTICE;
	if (strcasecmp(severity, "critical") == 0)
		return ANNOTATION_FAILURE;
	if (strcasecmp(severity, "high") == 0 ||
	    strcasecmp(severity, "moderate") == 0)
		return ANNOTATION_WARNING;
	return ANNOTATION_NOTICE;
}

static void add(const struct cJSON *problem, struct annotations *out)
{
	const struct cJSON *source = json_first(json_get(problem, "sources"));
	struct finding f = {
		.level = level_of(problem),
		.title = json_get_str(problem, "type"),
		.details = json_get_str(problem, "comment"),
	};

	if (!source)
		annotations_add(out, &f);
	for (; source; source = json_next(source)) {
		f.path = json_get_str(source, "path");
		f.start_line = annotate_number(source, "line");
		annotations_add(out, &f);
	}
}

int annotate_qodana(const char *text, size_t len, struct annotations *out,
		    struct error **err)
{
	AUTO_JSON struct cJSON *o =
		annotate_value(text, len, ANNOTATE_OBJECT, err);

	if (!o)
		return -1;
	for (const struct cJSON *p = json_first(json_get(o, "listProblem")); p;
	     p = json_next(p))
		add(p, out);
	return 0;
}
