/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backend/backend.h"
#include "cli/command.h"
#include "cli/preloaded.h"
#include "cli/terminal.h"
#include "model/exit.h"
#include "report/report.h"

const struct command *const commands[] = {
	&command_run,  &command_list,     &command_ls,    &command_validate,
	&command_logs, &command_backends, &command_cache, &command_clean,
	&command_help, &command_complete, NULL,
};

/* Parses the command's own options and does its work. */
static int run_parsed(const struct command *c, char **argv, void *values)
{
	AUTO_PARSED struct parsed p = {0};
	AUTO_ERROR struct error *err = NULL;

	if (options_parse(c->options, (const char *const *)argv, values, &p,
			  &err) < 0) {
		if (!err->hint)
			error_hint(&err, "cirrus help %s", c->name);
		return command_fail(err);
	}
	if (p.help) {
		command_print_help(c);
		return EXIT_OK;
	}
	if (p.operands.len > 0 && !*c->operands) {
		error_set(&err, ERR_USAGE, "%s takes no argument: \"%s\"",
			  c->name, p.operands.v[0]);
		return command_fail(err);
	}
	for (size_t i = 0; i < p.notes.len; i++)
		fprintf(stderr, "%s\n", p.notes.v[i]);
	return c->run(values, p.operands.v);
}

static int run_command(const struct command *c, char **argv)
{
	AUTO_FREE void *values = xcalloc(1, c->size ? c->size : 1);
	int status;

	if (c->defaults)
		memcpy(values, c->defaults, c->size);
	status = run_parsed(c, argv, values);
	options_clear(c->options, values);
	return status;
}

/* What stands in front of a subcommand; true: the program is done. */
static bool handle_global(const char *arg, int *status)
{
	AUTO_ERROR struct error *err = NULL;

	*status = EXIT_OK;
	if (!arg || strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
		command_print_overview();
	} else if (strcmp(arg, "--version") == 0 || strcmp(arg, "-v") == 0) {
		puts("cirrus version " PACKAGE_VERSION);
	} else if (*arg == '-') {
		error_set(&err, ERR_USAGE, "unknown option %s", arg);
		error_hint(&err, "options follow the command: cirrus run %s",
			   arg);
		*status = command_fail(err);
	} else {
		return false;
	}
	return true;
}

static void restore_terminal(void)
{
	terminal_restore();
	reporter_restore_terminal();
}

int main(int argc, char **argv)
{
	AUTO_ERROR struct error *err = NULL;
	const struct command *c;
	int status;

	/* a reader that goes away is an error of write(2), not our end */
	signal(SIGPIPE, SIG_IGN);
	backend_catch_crashes(restore_terminal);
	preloaded_announce();
	if (argc > 1 && strcmp(argv[1], BACKEND_HELPER_COMMAND) == 0)
		return backend_helper_main(argc - 1, argv + 1);
	if (!argv[0] || handle_global(argv[1], &status))
		return argv[0] ? status : EXIT_USAGE;
	c = command_find(argv[1]);
	if (!c) {
		command_unknown(argv[1], &err);
		return command_fail(err);
	}
	status = run_command(c, argv + 2);
	if (backend_is_stuck()) {
		fflush(NULL);
		_exit(status);
	}
	return status;
}
