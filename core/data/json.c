/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/utf8.h"

/* Numbers up to here are whole in a double. */
#define WHOLE_MAX 9007199254740992.0

static cJSON *must(cJSON *v)
{
	if (!v) {
		fputs("cirrus: out of memory\n", stderr);
		abort();
	}
	return v;
}

struct cJSON *json_object(void)
{
	return must(cJSON_CreateObject());
}

struct cJSON *json_array(void)
{
	return must(cJSON_CreateArray());
}

void json_free(struct cJSON *v)
{
	cJSON_Delete(v);
}

void json_free_ptr(struct cJSON **v)
{
	cJSON_Delete(*v);
}

struct cJSON *json_add(struct cJSON *to, const char *key, struct cJSON *v)
{
	if (!key)
		cJSON_AddItemToArray(to, v);
	else if (!cJSON_AddItemToObject(to, key, v))
		must(NULL);
	return v;
}

void json_add_str(struct cJSON *to, const char *key, const char *s)
{
	json_add(to, key, must(s ? cJSON_CreateString(s) : cJSON_CreateNull()));
}

void json_add_int(struct cJSON *to, const char *key, int64_t n)
{
	char text[32];

	if (n < (int64_t)WHOLE_MAX && n > -(int64_t)WHOLE_MAX) {
		json_add(to, key, must(cJSON_CreateNumber((double)n)));
		return;
	}
	snprintf(text, sizeof(text), "%lld", (long long)n);
	json_add(to, key, must(cJSON_CreateRaw(text)));
}

void json_add_double(struct cJSON *to, const char *key, double n)
{
	if (isfinite(n))
		json_add(to, key, must(cJSON_CreateNumber(n)));
	else
		json_add_str(to, key,
			     isnan(n) ? "NaN"
			     : n > 0  ? "Infinity"
				      : "-Infinity");
}

void json_add_float(struct cJSON *to, const char *key, float n)
{
	char text[32];

	for (int digits = 1; isfinite(n) && digits <= 9; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, (double)n);
		if (strtof(text, NULL) == n) {
			json_add_double(to, key, strtod(text, NULL));
			return;
		}
	}
	json_add_double(to, key, (double)n);
}

void json_add_bool(struct cJSON *to, const char *key, bool yes)
{
	json_add(to, key, must(cJSON_CreateBool(yes)));
}

struct cJSON *json_strings(const char *const *list)
{
	struct cJSON *array = json_array();

	for (; list && *list; list++)
		json_add_str(array, NULL, *list);
	return array;
}

/* --- reading ------------------------------------------------------------------ */

struct cJSON *json_parse(const char *text, size_t len, struct error **err)
{
	const char *end = NULL;
	AUTO_JSON struct cJSON *v =
		cJSON_ParseWithLengthOpts(text, len, &end, 0);

	if (!v) {
		error_set(err, ERR_CONFIG, "no valid JSON at byte %td",
			  end ? end - text : 0);
		return NULL;
	}
	while (end < text + len && strchr(" \t\r\n", *end) && *end)
		end++;
	if (end < text + len && *end) {
		error_set(err, ERR_CONFIG,
			  "more than one JSON value at byte %td", end - text);
		return NULL;
	}
	return STEAL_PTR(v);
}

const struct cJSON *json_get(const struct cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *json_str(const struct cJSON *v)
{
	return cJSON_IsString(v) ? v->valuestring : NULL;
}

const char *json_get_str(const struct cJSON *object, const char *key)
{
	return json_str(json_get(object, key));
}

int64_t json_get_int(const struct cJSON *object, const char *key,
		     int64_t fallback)
{
	const cJSON *v = json_get(object, key);

	if (!cJSON_IsNumber(v) || fabs(v->valuedouble) > WHOLE_MAX)
		return fallback;
	return (int64_t)v->valuedouble;
}

bool json_get_bool(const struct cJSON *object, const char *key, bool fallback)
{
	const cJSON *v = json_get(object, key);

	return cJSON_IsBool(v) ? cJSON_IsTrue(v) : fallback;
}

bool json_is_null(const struct cJSON *v)
{
	return cJSON_IsNull(v);
}

size_t json_len(const struct cJSON *v)
{
	size_t n = 0;

	for (const cJSON *c = json_first(v); c; c = c->next)
		n++;
	return n;
}

const struct cJSON *json_first(const struct cJSON *v)
{
	return v ? v->child : NULL;
}

const struct cJSON *json_next(const struct cJSON *v)
{
	return v->next;
}

const char *json_key(const struct cJSON *v)
{
	return v->string;
}

bool json_equal(const struct cJSON *a, const struct cJSON *b)
{
	return cJSON_Compare(a, b, 1);
}

/* --- printing ----------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
	return strcmp((*(cJSON *const *)a)->string,
		      (*(cJSON *const *)b)->string);
}

/* cJSON links children both ways; the first one's prev is the last. */
static void relink(cJSON *parent, cJSON **v, size_t n)
{
	parent->child = v[0];
	for (size_t i = 0; i < n; i++) {
		v[i]->prev = i ? v[i - 1] : v[n - 1];
		v[i]->next = i + 1 < n ? v[i + 1] : NULL;
	}
}

void json_sort(struct cJSON *v)
{
	size_t n = json_len(v), i = 0;
	AUTO_FREE cJSON **children = NULL;

	if (!n)
		return;
	children = xreallocarray(NULL, n, sizeof(cJSON *));
	for (cJSON *c = v->child; c; c = c->next)
		children[i++] = c;
	for (i = 0; i < n; i++)
		json_sort(children[i]);
	if (!cJSON_IsObject(v))
		return;
	qsort(children, n, sizeof(cJSON *), by_key);
	relink(v, children, n);
}

/* The letter behind the backslash of a short escape, or 0. */
static char short_escape(unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c ? strchr(from, c) : NULL;

	return at ? to[at - from] : 0;
}

void json_print_str(const char *s, struct buf *out)
{
	size_t left = strlen(s), n;

	buf_addc(out, '"');
	for (; left; s += n, left -= n) {
		char escape = short_escape((unsigned char)*s);
		uint32_t c;

		n = utf8_next(s, left, &c);
		if (escape)
			buf_addf(out, "\\%c", escape);
		else if (c < 0x20 || c == 0x7f)
			buf_addf(out, "\\u%04x", c);
		else if (c == UTF8_BAD && n == 1)
			buf_adds(out, "\\ufffd");
		else
			buf_add(out, s, n);
	}
	buf_addc(out, '"');
}

static void print_number(double n, struct buf *out)
{
	char text[40];

	if (n == floor(n) && fabs(n) < WHOLE_MAX) {
		buf_addf(out, "%.0f", n);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, n);
		if (strtod(text, NULL) == n)
			break;
	}
	buf_adds(out, text);
}

static void print_indent(enum json_style style, int level, struct buf *out)
{
	if (style == JSON_PRETTY)
		buf_addf(out, "\n%*s", level * 2, "");
}

static void print_value(const cJSON *v, enum json_style style, int level,
			struct buf *out);

static void print_children(const cJSON *v, enum json_style style, int level,
			   struct buf *out)
{
	bool is_object = cJSON_IsObject(v);

	buf_addc(out, is_object ? '{' : '[');
	for (const cJSON *c = v->child; c; c = c->next) {
		print_indent(style, level + 1, out);
		if (is_object) {
			json_print_str(c->string, out);
			buf_adds(out, style == JSON_PRETTY ? ": " : ":");
		}
		print_value(c, style, level + 1, out);
		if (c->next)
			buf_addc(out, ',');
	}
	if (v->child)
		print_indent(style, level, out);
	buf_addc(out, is_object ? '}' : ']');
}

static void print_value(const cJSON *v, enum json_style style, int level,
			struct buf *out)
{
	if (cJSON_IsString(v))
		json_print_str(v->valuestring, out);
	else if (cJSON_IsNumber(v))
		print_number(v->valuedouble, out);
	else if (cJSON_IsRaw(v))
		buf_adds(out, v->valuestring);
	else if (cJSON_IsBool(v))
		buf_adds(out, cJSON_IsTrue(v) ? "true" : "false");
	else if (cJSON_IsArray(v) || cJSON_IsObject(v))
		print_children(v, style, level, out);
	else
		buf_adds(out, "null");
}

void json_print(const struct cJSON *v, enum json_style style, struct buf *out)
{
	print_value(v, style, 0, out);
	if (style == JSON_PRETTY)
		buf_addc(out, '\n');
}
