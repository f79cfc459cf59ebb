/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/annotation-json.h"

#include <limits.h>
#include <string.h>

#include "data/json.h"

static void add_text(struct cJSON *o, const char *key, const char *text)
{
	if (text)
		json_add_str(o, key, text);
}

static void add_number(struct cJSON *o, const char *key, int n)
{
	if (n > 0)
		json_add_int(o, key, n);
}

void annotation_to_json(const struct annotation *a, struct cJSON *o)
{
	json_add_str(o, "level", annotation_level_name(a->level));
	add_text(o, "title", a->title);
	add_text(o, "details", a->details);
	add_text(o, "path", a->path);
	add_number(o, "start_line", a->start_line);
	add_number(o, "end_line", a->end_line);
	add_number(o, "start_column", a->start_column);
	add_number(o, "end_column", a->end_column);
}

static enum annotation_level get_level(const struct cJSON *o)
{
	const char *name = json_get_str(o, "level");

	for (int i = 0; name && i < ANNOTATION_LEVELS; i++) {
		enum annotation_level level = (enum annotation_level)i;

		if (strcmp(name, annotation_level_name(level)) == 0)
			return level;
	}
	return ANNOTATION_NOTICE;
}

static int get_number(const struct cJSON *o, const char *key)
{
	int64_t n = json_get_int(o, key, 0);

	return n > 0 && n < INT_MAX ? (int)n : 0;
}

struct annotation *annotation_from_json(const struct cJSON *o)
{
	struct annotation *a = annotation_new(get_level(o));

	a->title = xstrdup_or_null(json_get_str(o, "title"));
	a->details = xstrdup_or_null(json_get_str(o, "details"));
	a->path = xstrdup_or_null(json_get_str(o, "path"));
	a->start_line = get_number(o, "start_line");
	a->end_line = get_number(o, "end_line");
	a->start_column = get_number(o, "start_column");
	a->end_column = get_number(o, "end_column");
	return a;
}
