/* SPDX-License-Identifier: MIT */
/* A glob, a newline, a path.  Every glob that is right makes a regular
 * expression that is right. */
#include "config.h"

#include "config/glob.h"

#include <string.h>

#include "config/regex.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *glob = xmemdup0(data, size);
	AUTO_ARENA struct arena arena = {0};
	char *path = strchr(glob, '\n');
	const char *why = NULL, *regex;
	bool matches, broken = false;

	if (size > 4096 || !path)
		return 0;
	*path++ = '\0';
	regex = glob_regex(&arena, glob, &why);
	if (!regex && !why)
		__builtin_trap();
	if (!regex)
		return 0;
	regex_match(&arena, regex, 0, path, &matches, &broken);
	return 0;
}
