/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/process.h"
#include "sdk/lib/tree.h"

/* What the helper process can be told to do; argv[0] is the plugin's name. */
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{"signal", process_helper},
	{"tree", tree_helper},
};

int32_t cirrus_engine_helper(int32_t argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (argc > 1 && strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 2, argv + 2);
	fprintf(stderr,
		"cirrus: this helper is for the plugin, not for people\n");
	return 2;
}
