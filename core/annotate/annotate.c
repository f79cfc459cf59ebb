/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "annotate/annotate.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "annotate/parse.h"

#define FORMATS                                       \
	FORMAT("junit", annotate_junit)               \
	FORMAT("rspec", annotate_rspec)               \
	FORMAT("rubocop", annotate_rubocop)           \
	FORMAT("eslint", annotate_eslint)             \
	FORMAT("golangci", annotate_golangci)         \
	FORMAT("android-lint", annotate_android_lint) \
	FORMAT("xclogparser", annotate_xclogparser)   \
	FORMAT("flutter", annotate_flutter)           \
	FORMAT("qodana", annotate_qodana)             \
	FORMAT("boost", annotate_boost)               \
	FORMAT("buf", annotate_buf)                   \
	FORMAT("swiftformat", annotate_swiftformat)   \
	FORMAT("cirrus", annotate_cirrus)

#define FORMAT(name, parse) {name, parse},
static const struct annotate_format formats[] = {FORMATS};
#undef FORMAT
#define FORMAT(name, parse) name,
const char *const annotate_names[] = {FORMATS NULL};
#undef FORMAT

const struct annotate_format *annotate_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcasecmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static bool is_empty(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] && strchr(" \t\r\n", text[i]))
		i++;
	return i == len;
}

int annotate(const struct annotate_format *f, const char *text, size_t len,
	     struct annotations *out, struct error **err)
{
	if (is_empty(text, len))
		return 0;
	return f->parse(text, len, out, err);
}
