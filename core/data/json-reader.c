/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/json-reader.h"

#include <stdbool.h>
#include <string.h>

#include <cjson/cJSON.h>

int json_reader_fail(const struct json_reader *r, struct error **err,
		     const char *why)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < r->at && i < r->len; i++) {
		column++;
		if (r->text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return error_set(err, ERR_CONFIG, "%zu:%zu: %s", line, column, why);
}

/* At most how many values there are: one before each separator, one behind each
 * bracket.  As far as the text is JSON, strings are seen where they are. */
static size_t count_values(struct json_reader *r, size_t max)
{
	bool in_string = false;
	size_t n = 1;

	for (r->at = 0; r->at < r->len && n <= max; r->at++) {
		char c = r->text[r->at];

		if (in_string && c == '\\')
			r->at++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == ',' || c == '[' || c == '{'))
			n++;
	}
	return n;
}

int json_reader_init(struct json_reader *r, const char *text, size_t len,
		     struct error **err)
{
	*r = (struct json_reader){text, len, 0};
	if (count_values(r, JSON_VALUES) > JSON_VALUES)
		return json_reader_fail(r, err, "there are too many values");
	r->at = 0;
	return 0;
}

static void skip_blanks(struct json_reader *r)
{
	while (r->at < r->len && r->text[r->at] &&
	       strchr(" \t\r\n", r->text[r->at]))
		r->at++;
}

struct cJSON *json_read(struct json_reader *r, struct error **err)
{
	const char *end = NULL;
	cJSON *v;

	skip_blanks(r);
	if (r->at == r->len)
		return NULL;
	v = cJSON_ParseWithLengthOpts(r->text + r->at, r->len - r->at, &end, 0);
	if (end)
		r->at = (size_t)(end - r->text);
	if (!v)
		json_reader_fail(r, err, "this is no JSON");
	return v;
}
