/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "model/exit.h"

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

int command_unknown(const char *name, struct error **err)
{
	AUTO_STRV struct strv names = {0};
	const char *near;

	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			strv_push(&names, commands[i]->name);
	near = suggest(name, (const char *const *)names.v);
	error_set(err, ERR_USAGE, "unknown command \"%s\" for \"cirrus\"",
		  name);
	if (near)
		return error_hint(err, "did you mean cirrus %s?", near);
	return error_hint(err, "cirrus help lists the commands");
}

void command_print_help(const struct command *c)
{
	printf("Usage: cirrus %s [OPTION...]%s%s\n\n", c->name,
	       *c->operands ? " " : "", c->operands);
	printf("%s\n\n", c->details ? c->details : c->summary);
	options_print(c->options, stdout);
}

void command_print_overview(void)
{
	puts("Usage: cirrus COMMAND [OPTION...]\n\n"
	     "Runs the tasks of a .cirrus.yml on this machine.\n\n"
	     "Commands:");
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			printf("  %-12s %s\n", commands[i]->name,
			       commands[i]->summary);
	puts("\nOptions:\n"
	     "  -h, --help     print this help\n"
	     "  -v, --version  print the program's version\n\n"
	     "cirrus help COMMAND tells more about a command.");
}

int command_fail(const struct error *err)
{
	fprintf(stderr, "%s\n", err->msg);
	if (err->hint)
		fprintf(stderr, "hint: %s\n", err->hint);
	return exit_of_error(err->code);
}
