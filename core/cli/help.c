/* SPDX-License-Identifier: MIT */
/* cirrus help [COMMAND] */
#include "config.h"

#include "cli/command.h"
#include "model/exit.h"

static const struct option options[] = {{0}};

static int run(const void *values UNUSED, char **operands)
{
	AUTO_ERROR struct error *err = NULL;
	const struct command *c;

	if (!operands || !operands[0]) {
		command_print_overview();
		return EXIT_OK;
	}
	c = command_find(operands[0]);
	if (!c) {
		command_unknown(operands[0], &err);
		return command_fail(err);
	}
	command_print_help(c);
	return EXIT_OK;
}

const struct command command_help = {
	.name = "help",
	.summary = "tell how to use cirrus or one of its commands",
	.operands = "[COMMAND]",
	.options = options,
	.run = run,
};
