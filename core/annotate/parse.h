/* SPDX-License-Identifier: MIT */
/* The parsers, and what they share. */
#ifndef CIRRUS_ANNOTATE_PARSE_H
#define CIRRUS_ANNOTATE_PARSE_H

#include "annotate/annotate.h"
#include "base/buf.h"
#include "data/json-reader.h"
#include "data/json.h"

#define ANNOTATE_PARSER(name)                                           \
	int name(const char *text, size_t len, struct annotations *out, \
		 struct error **err) MUST_CHECK

ANNOTATE_PARSER(annotate_android_lint);
ANNOTATE_PARSER(annotate_boost);
ANNOTATE_PARSER(annotate_buf);
ANNOTATE_PARSER(annotate_cirrus);
ANNOTATE_PARSER(annotate_eslint);
ANNOTATE_PARSER(annotate_flutter);
ANNOTATE_PARSER(annotate_golangci);
ANNOTATE_PARSER(annotate_junit);
ANNOTATE_PARSER(annotate_qodana);
ANNOTATE_PARSER(annotate_rspec);
ANNOTATE_PARSER(annotate_rubocop);
ANNOTATE_PARSER(annotate_swiftformat);
ANNOTATE_PARSER(annotate_xclogparser);

/* --- JSON ------------------------------------------------------------------------- */

/* A text that is one value, of one kind: an object or an array.  To be freed. */
enum annotate_kind { ANNOTATE_OBJECT, ANNOTATE_ARRAY };
struct cJSON *annotate_value(const char *text, size_t len,
			     enum annotate_kind kind, struct error **err);
/* Calls with each object of a text that has any number of them. */
int annotate_stream(const char *text, size_t len,
		    int (*take)(const struct cJSON *o, struct annotations *out,
				struct error **err),
		    struct annotations *out, struct error **err) MUST_CHECK;
/* A line or a column; 0 where there is none. */
int annotate_number(const struct cJSON *o, const char *key);
/* The path of a file:// URL, or the text as it is; for free(). */
char *annotate_file_url(const char *url);
/* "rule: message", or the message alone; for free(). */
char *annotate_title(const char *rule, const char *message);

/* As much of the text as there is room for. */
void annotate_add(struct buf *b, const char *text, size_t len);

/* --- XML -------------------------------------------------------------------------- */

/* The number that a text is; 0 where it is none. */
int annotate_text_number(const char *text);

#endif
