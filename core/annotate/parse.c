/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "annotate/parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/strv.h"

/* Lines and columns are no larger. */
#define NUMBER_MAX 1000000000

/* --- JSON ------------------------------------------------------------------------- */

/* Some programs put a mark in front that says it is UTF-8. */
static void skip_mark(const char **text, size_t *len)
{
	if (*len >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
		*text += 3;
		*len -= 3;
	}
}

static int begin(struct json_reader *r, const char *text, size_t len,
		 struct error **err)
{
	skip_mark(&text, &len);
	return json_reader_init(r, text, len, err);
}

/* Goes to where the value begins that is read next; -1 at the end. */
static int first_of(struct json_reader *r)
{
	while (r->at < r->len && isspace((unsigned char)r->text[r->at]))
		r->at++;
	return r->at < r->len ? (unsigned char)r->text[r->at] : -1;
}

struct cJSON *annotate_value(const char *text, size_t len,
			     enum annotate_kind kind, struct error **err)
{
	AUTO_JSON struct cJSON *v = NULL;
	struct json_reader r;

	if (begin(&r, text, len, err) < 0)
		return NULL;
	if (first_of(&r) != (kind == ANNOTATE_OBJECT ? '{' : '[')) {
		json_reader_fail(&r, err,
				 kind == ANNOTATE_OBJECT
					 ? "this is no JSON object"
					 : "this is no JSON array");
		return NULL;
	}
	v = json_read(&r, err);
	if (v && first_of(&r) >= 0) {
		json_reader_fail(&r, err, "there is more than one JSON value");
		return NULL;
	}
	return STEAL_PTR(v);
}

int annotate_stream(const char *text, size_t len,
		    int (*take)(const struct cJSON *o, struct annotations *out,
				struct error **err),
		    struct annotations *out, struct error **err)
{
	struct json_reader r;

	if (begin(&r, text, len, err) < 0)
		return -1;
	while (first_of(&r) == '{') {
		AUTO_ERROR struct error *why = NULL;
		struct json_reader at = r;
		AUTO_JSON struct cJSON *o = json_read(&r, err);

		if (!o)
			return -1;
		if (take(o, out, &why) < 0)
			return json_reader_fail(&at, err, why->msg);
	}
	if (first_of(&r) >= 0)
		return json_reader_fail(&r, err, "this is no JSON object");
	return 0;
}

int annotate_number(const struct cJSON *o, const char *key)
{
	const char *text = json_get_str(o, key);
	int64_t n = json_get_int(o, key, 0);

	if (text)
		return annotate_text_number(text);
	return n > 0 && n < NUMBER_MAX ? (int)n : 0;
}

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

char *annotate_file_url(const char *url)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	if (!str_starts(url, "file://"))
		return xstrndup(url, BUF_LINE);
	for (url += strlen("file://"); *url && !b.overflow; url++) {
		if (*url == '%' && hex(url[1]) >= 0 && hex(url[2]) >= 0) {
			buf_addc(&b, (char)(hex(url[1]) * 16 + hex(url[2])));
			url += 2;
		} else {
			buf_addc(&b, *url);
		}
	}
	return buf_steal(&b);
}

char *annotate_title(const char *rule, const char *message)
{
	if (rule && *rule && message && *message)
		return xasprintf("%s: %s", rule, message);
	return xstrdup(rule && *rule ? rule : message ? message : "");
}

void annotate_add(struct buf *b, const char *text, size_t len)
{
	size_t room = b->max - b->len;

	buf_add(b, text, len < room ? len : room);
}

/* --- XML -------------------------------------------------------------------------- */

int annotate_text_number(const char *text)
{
	long n = text ? strtol(text, NULL, 10) : 0;

	return n > 0 && n < NUMBER_MAX ? (int)n : 0;
}
