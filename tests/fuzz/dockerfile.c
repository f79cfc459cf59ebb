/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/dockerfile.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = xmemdup0(data, size);
	AUTO_ARENA struct arena arena = {0};
	struct pair pair = {"V", "value"};
	struct pairs arguments = {&pair, 1};
	const char *const *sources;

	dockerfile_sources(&arena, text, &arguments, &sources);
	return 0;
}
