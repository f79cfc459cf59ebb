/* SPDX-License-Identifier: MIT */
/* A subcommand: one struct, one file. */
#ifndef CIRRUS_CLI_COMMAND_H
#define CIRRUS_CLI_COMMAND_H

#include "cli/options.h"

struct command {
	const char *name;
	const char *summary;  /* one line, lower case, no full stop */
	const char *operands; /* "[TASK...]", or "" where it takes none */
	const char *details;  /* paragraphs for --help, or NULL */
	const struct option *options;
	size_t size;          /* of the struct that options point into */
	const void *defaults; /* a filled one, or NULL: zeroes */
	bool hidden;          /* not in the list of commands */
	/* The command's work; values are freed by the caller. */
	int (*run)(const void *values, char **operands);
};

extern const struct command command_run, command_clean, command_backends,
	command_cache, command_complete, command_help, command_list,
	command_logs, command_ls, command_validate;

/* All commands, in the order of the help, ended by a NULL. */
extern const struct command *const commands[];

const struct command *command_find(const char *name);
/* Sets an error that suggests the nearest name. */
int command_unknown(const char *name, struct error **err);
void command_print_help(const struct command *c);
void command_print_overview(void);

/* Prints the error and its hint on stderr; the exit status of its kind. */
int command_fail(const struct error *err);

#endif
