/* SPDX-License-Identifier: MIT */
/* Android Lint's XML: issues, each with the places where it was seen. */
#include "config.h"

#include "annotate/parse.h"

#include <stdlib.h>
#include <string.h>

#include "data/xml.h"

/* The newest that we know. */
#define FORMAT_MAX 6

struct lint {
	struct annotations *out;
	bool begun, in_issue;
	enum annotation_level level;
	char *title, *details;
};

static enum annotation_level level_of(const char *severity)
{
	if (!severity)
		return ANNOTATION_NOTICE;
	if (strcmp(severity, "Fatal") == 0 || strcmp(severity, "Error") == 0)
		return ANNOTATION_FAILURE;
	return strcmp(severity, "Warning") == 0 ? ANNOTATION_WARNING
						: ANNOTATION_NOTICE;
}

static int begin_document(struct lint *l, const char *name,
			  const char *const *attrs, struct error **err)
{
	const char *format = xml_attr(attrs, "format");

	if (strcmp(name, "issues") != 0)
		return error_set(err, ERR_CONFIG,
				 "this is no report of Android Lint");
	if (annotate_text_number(format) > FORMAT_MAX)
		return error_set(err, ERR_CONFIG,
				 "format %.20s is newer than %d, the newest "
				 "that is known",
				 format, FORMAT_MAX);
	l->begun = true;
	return 0;
}

static void end_issue(struct lint *l)
{
	free(l->title);
	free(l->details);
	l->title = l->details = NULL;
	l->in_issue = false;
}

static void begin_issue(struct lint *l, const char *const *attrs)
{
	end_issue(l);
	l->in_issue = true;
	l->level = level_of(xml_attr(attrs, "severity"));
	l->title = xstrdup_or_null(xml_attr(attrs, "message"));
	l->details = xstrdup_or_null(xml_attr(attrs, "explanation"));
	if (!l->title)
		l->title = xstrdup_or_null(xml_attr(attrs, "summary"));
}

static int begin(void *ctx, const char *name, const char *const *attrs,
		 struct error **err)
{
	struct lint *l = ctx;

	if (!l->begun)
		return begin_document(l, name, attrs, err);
	if (strcmp(name, "issue") == 0) {
		begin_issue(l, attrs);
	} else if (l->in_issue && strcmp(name, "location") == 0) {
		struct finding f = {
			.level = l->level,
			.title = l->title,
			.details = l->details,
			.path = xml_attr(attrs, "file"),
			.start_line =
				annotate_text_number(xml_attr(attrs, "line")),
			.start_column =
				annotate_text_number(xml_attr(attrs, "column")),
		};

		annotations_add(l->out, &f);
	}
	return 0;
}

static void end(void *ctx, const char *name)
{
	if (strcmp(name, "issue") == 0)
		end_issue(ctx);
}

static void text(void *ctx UNUSED, const char *data UNUSED, size_t len UNUSED)
{
}

int annotate_android_lint(const char *data, size_t len, struct annotations *out,
			  struct error **err)
{
	struct lint l = {.out = out};
	const struct xml_reader reader = {begin, end, text, &l};
	int r = xml_read(data, len, &reader, err);

	end_issue(&l);
	return r;
}
