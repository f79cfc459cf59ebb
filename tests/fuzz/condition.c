/* SPDX-License-Identifier: MIT */
/* A boolean expression over a few variables and affected files. */
#include "config.h"

#include "config/condition.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const affected[] = {"a/b.c", "README", NULL};
	AUTO_FREE char *text = xmemdup0(data, size);
	AUTO_ARENA struct arena arena = {0};
	struct config_input in = {.path = "f", .affected_files = affected};
	struct parser p = {.in = &in, .arena = &arena};
	struct vars vars = {0};
	bool result;

	vars_set(&vars, &arena, "A", "true");
	vars_set(&vars, &arena, "B", "$A$A");
	if (condition_evaluate(&p, &vars, text, (struct position){1, 1},
			       &result) < 0 &&
	    !p.failure.message)
		__builtin_trap();
	return 0;
}
