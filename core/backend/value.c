/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/value.h"

#include <cirrus/sdk.h>
#include <string.h>

#include "base/buf.h"
#include "data/json.h"

static const char *normal_bool(const char *text)
{
	int value;

	if (cirrus_parse_bool(text, &value) < 0)
		return NULL;
	return value ? "true" : "false";
}

static const char *normal_int(const char *text)
{
	int64_t value;

	return cirrus_parse_int(text, &value) == 0 ? text : NULL;
}

static const char *normal_duration(const char *text)
{
	int64_t value;

	return cirrus_parse_duration(text, &value) == 0 ? text : NULL;
}

static const char *normal_size(const char *text)
{
	int64_t value;

	return cirrus_parse_size(text, &value) == 0 ? text : NULL;
}

/* strtod would take "nan", "0x1p3" and what the locale makes of a comma. */
static const char *normal_number(const char *text)
{
	size_t len = strspn(text, "+-0123456789.eE");
	char *end;

	(void)strtod(text, &end);
	return len > 0 && !text[len] && end != text && !*end ? text : NULL;
}

static const char *normal_path(const char *text)
{
	return text[0] == '/' ? text : NULL;
}

static const char *normal_json(const char *text)
{
	struct cJSON *v = json_parse(text, strlen(text), NULL);

	json_free(v);
	return v ? text : NULL;
}

static const struct {
	uint32_t type;
	const char *what;
	const char *(*normal)(const char *text);
} types[] = {
	{CIRRUS_OPT_BOOL, "true or false", normal_bool},
	{CIRRUS_OPT_INT, "a whole number", normal_int},
	{CIRRUS_OPT_DURATION, "a duration such as 90s or 5m", normal_duration},
	{CIRRUS_OPT_PATH, "an absolute path", normal_path},
	{CIRRUS_OPT_NUMBER, "a number", normal_number},
	{CIRRUS_OPT_SIZE, "a size such as 512M or 4G", normal_size},
	{CIRRUS_OPT_JSON, "JSON", normal_json},
};

static int check_choices(const struct cirrus_option *option, const char *text,
			 struct error **err)
{
	AUTO_BUF struct buf list = BUF_INIT(BUF_LINE);

	for (size_t i = 0; option->choices[i]; i++) {
		if (strcmp(option->choices[i], text) == 0)
			return 0;
		buf_addf(&list, "%s%s", i ? ", " : "", option->choices[i]);
	}
	return error_set(err, ERR_CONFIG, "\"%s\" is none of: %s", text,
			 list.data);
}

const char *value_check(const struct cirrus_option *option, const char *text,
			struct arena *a, struct error **err)
{
	const char *value = text, *what = NULL;

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i].type != option->type)
			continue;
		value = types[i].normal(text);
		what = types[i].what;
	}
	if (!value) {
		if (option->flags & CIRRUS_OPT_SECRET)
			text = "***";
		error_set(err, ERR_CONFIG, "\"%s\" is not %s", text, what);
		return NULL;
	}
	if (option->choices && check_choices(option, value, err) < 0)
		return NULL;
	return arena_strdup(a, value);
}
