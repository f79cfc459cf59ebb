/* SPDX-License-Identifier: MIT */
/* JUnit's XML: suites, also within each other, of cases, in which it is written
 * down how they ended. */
#include "config.h"

#include "annotate/parse.h"

#include <ctype.h>
#include <string.h>

#include "data/xml.h"

enum outcome { PASSED, SKIPPED, FAILED };

struct junit {
	struct annotations *out;
	bool is_report; /* suites were seen */
	bool in_case;
	int depth;            /* of elements below the case */
	enum outcome outcome; /* of the case */
	bool in_result;       /* the text is what the case is known by */
	struct buf title, path;
	int line;
	struct buf body, message, type; /* of the result */
};

/* --- where it failed --------------------------------------------------------------- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.\\/-+@", c));
}

/* A file has a suffix, and no scheme in front. */
static bool is_file(const char *word, size_t len)
{
	size_t i = len;

	while (i > 0 && word[i - 1] != '.')
		i--;
	return i > 1 && i < len && isalpha((unsigned char)word[i]) &&
	       strncmp(word, "//", 2) != 0;
}

/* The first "file:12" of a line: path and number; false: there is none. */
static bool find_place(const char *line, size_t len, struct buf *path,
		       int *number)
{
	for (size_t i = 1; i + 1 < len; i++) {
		size_t from = i;

		if (line[i] != ':' || !isdigit((unsigned char)line[i + 1]))
			continue;
		while (from > 0 && is_word(line[from - 1]))
			from--;
		if (!is_file(line + from, i - from))
			continue;
		buf_reset(path);
		annotate_add(path, line + from, i - from);
		*number = annotate_text_number(line + i + 1);
		return true;
	}
	return false;
}

/* Frames of the frameworks are not where it failed. */
static bool is_foreign(const char *line, size_t len)
{
	return memmem(line, len, "junit", 5) || memmem(line, len, "kotlin", 6);
}

static void find_in_details(struct junit *j, const char *details)
{
	while (*details) {
		size_t len = strcspn(details, "\n");

		if (!is_foreign(details, len) &&
		    find_place(details, len, &j->path, &j->line))
			return;
		details += len + (details[len] == '\n');
	}
}

/* --- a case ------------------------------------------------------------------------ */

static void set(struct buf *b, const char *text)
{
	buf_reset(b);
	if (text)
		annotate_add(b, text, strlen(text));
}

static void begin_case(struct junit *j, const char *const *attrs)
{
	const char *class = xml_attr(attrs, "classname");
	const char *name = xml_attr(attrs, "name");

	j->in_case = true;
	j->depth = 0;
	j->outcome = PASSED;
	j->in_result = false;
	set(&j->title, class);
	if (class && *class && name)
		annotate_add(&j->title, ".", 1);
	if (name)
		annotate_add(&j->title, name, strlen(name));
	set(&j->path, xml_attr(attrs, "file"));
	j->line = annotate_text_number(xml_attr(attrs, "line"));
	set(&j->body, NULL);
	set(&j->message, NULL);
	set(&j->type, NULL);
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static const char *details_of(const struct junit *j)
{
	if (!is_blank(j->body.data))
		return j->body.data;
	return !is_blank(j->message.data) ? j->message.data : j->type.data;
}

static void end_case(struct junit *j)
{
	const char *details = details_of(j);
	struct finding f = {
		.level = j->outcome == FAILED ? ANNOTATION_FAILURE
					      : ANNOTATION_NOTICE,
		.title = j->title.data,
		.details = details,
	};

	j->in_case = false;
	if (j->outcome == FAILED && j->path.len == 0)
		find_in_details(j, details);
	f.path = j->path.data;
	f.start_line = j->line;
	annotations_add(j->out, &f);
}

/* The worst counts, and of several the first. */
static void begin_result(struct junit *j, enum outcome outcome,
			 const char *const *attrs)
{
	if (outcome <= j->outcome)
		return;
	j->outcome = outcome;
	j->in_result = true;
	set(&j->body, NULL);
	set(&j->message, xml_attr(attrs, "message"));
	set(&j->type, xml_attr(attrs, "type"));
}

/* --- the document ------------------------------------------------------------------ */

static enum outcome outcome_of(const char *name)
{
	if (strcmp(name, "failure") == 0 || strcmp(name, "error") == 0)
		return FAILED;
	return strcmp(name, "skipped") == 0 ? SKIPPED : PASSED;
}

static int begin(void *ctx, const char *name, const char *const *attrs,
		 struct error **err UNUSED)
{
	struct junit *j = ctx;

	if (strncmp(name, "testsuite", 9) == 0)
		j->is_report = true;
	if (j->in_case && j->depth++ == 0)
		begin_result(j, outcome_of(name), attrs);
	else if (!j->in_case && j->is_report && strcmp(name, "testcase") == 0)
		begin_case(j, attrs);
	return 0;
}

static void end(void *ctx, const char *name UNUSED)
{
	struct junit *j = ctx;

	if (!j->in_case)
		return;
	if (j->depth == 0)
		end_case(j);
	else if (--j->depth == 0)
		j->in_result = false;
}

static void text(void *ctx, const char *data, size_t len)
{
	struct junit *j = ctx;

	if (j->in_result)
		annotate_add(&j->body, data, len);
}

static int read_all(struct junit *j, const char *data, size_t len,
		    struct error **err)
{
	const struct xml_reader reader = {begin, end, text, j};

	if (xml_read(data, len, &reader, err) < 0)
		return -1;
	if (!j->is_report)
		return error_set(err, ERR_CONFIG,
				 "1:1: there is no testsuite in it");
	return 0;
}

int annotate_junit(const char *data, size_t len, struct annotations *out,
		   struct error **err)
{
	struct junit j = {.out = out};
	struct buf *bufs[] = {&j.title, &j.path, &j.body, &j.message, &j.type};
	int r;

	for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
		buf_init(bufs[i], ANNOTATION_DETAILS * 2);
	r = read_all(&j, data, len, err);
	for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
		buf_clear(bufs[i]);
	return r;
}
