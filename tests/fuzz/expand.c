/* SPDX-License-Identifier: MIT */
/* Lines NAME=VALUE, then a text in which they are expanded. */
#include "config.h"

#include "config/vars.h"

#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = xmemdup0(data, size);
	AUTO_ARENA struct arena arena = {0};
	struct vars vars = {0};
	char *line = text, *end;

	while (vars.len < 16 && (end = strchr(line, '\n'))) {
		char *equals = memchr(line, '=', (size_t)(end - line));

		if (!equals)
			break;
		*equals = *end = '\0';
		vars_set(&vars, &arena, line, equals + 1);
		line = end + 1;
	}
	vars_expand(&vars, &arena, line);
	return 0;
}
