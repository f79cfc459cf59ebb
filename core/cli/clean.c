/* SPDX-License-Identifier: MIT */
/* cirrus clean */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/backend-args.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "model/exit.h"
#include "run/run.h"

struct values {
	bool dry_run, all;
	int64_t older_than_ns;
	const char *backend;
	struct strv backend_options;
};

#define AT(field) OPTION_AT(struct values, field)

static const struct option options[] = {
	{"dry-run", 'n', &OPTION_FLAG, AT(dry_run),
	 .help = "tell what would be removed, remove nothing"},
	{"all", 0, &OPTION_FLAG, AT(all),
	 .help = "also what other machines, users or running tasks own"},
	{"older-than", 0, &OPTION_DURATION, AT(older_than_ns), .arg = "AGE",
	 .help = "also whatever is older than AGE, such as 12h or 7d"},
	{"container-backend", 0, &OPTION_TEXT, AT(backend), .arg = "NAME",
	 .help = "the backend to clean up (default: as for run)"},
	{"backend-option", 0, &OPTION_LIST, AT(backend_options),
	 .arg = "NAME.KEY=VALUE", .help = "set an option of a backend"},
	{0},
};

struct tally {
	bool dry_run;
	int removed, left;
};

static void found(void *ctx, const char *backend, const char *type,
		  const char *name, const char *why, bool removed)
{
	struct tally *t = ctx;
	const char *verb = removed      ? "removed"
			   : t->dry_run ? "would remove"
					: "could not remove";

	printf("%s %s %s %s%s%s\n", verb, backend, type, name, why ? ": " : "",
	       why ? why : "");
	t->removed += removed;
	t->left += !removed;
}

static void print_sum(const struct tally *t)
{
	if (t->removed + t->left == 0)
		puts("nothing to remove");
	else if (t->dry_run)
		printf("%d to remove\n", t->left);
	else
		printf("%d removed\n", t->removed);
}

static int clean(const struct values *v, struct tally *tally,
		 struct error **err)
{
	AUTO_BACKEND_ARGS struct backend_args args = {0};
	struct backend_choice choice = {.name = v->backend,
					.kind = "container"};
	struct clean_options o = {.backend = &choice,
				  .dry_run = v->dry_run,
				  .all = v->all,
				  .older_than_ns = v->older_than_ns,
				  .found = found,
				  .ctx = tally};
	struct signals signals;

	if (backend_args_parse(&v->backend_options, &args, err) < 0 ||
	    signals_install(&signals, err) < 0)
		return -1;
	choice.options = args.v;
	choice.n_options = args.len;
	o.cancel_fd = signals.cancel_fd;
	return run_clean(&o, err);
}

static int run(const void *values, char **operands UNUSED)
{
	const struct values *v = values;
	AUTO_ERROR struct error *err = NULL;
	struct tally tally = {.dry_run = v->dry_run};
	int status = EXIT_OK;

	if (clean(v, &tally, &err) < 0)
		status = command_fail(err);
	else
		print_sum(&tally);
	if (tally.left > 0 && !v->dry_run)
		status = exit_worse(status, EXIT_BACKEND);
	if (signals_exit_status() != 0)
		status = signals_exit_status();
	return status;
}

const struct command command_clean = {
	.name = "clean",
	.summary = "remove what dead runs left behind",
	.operands = "",
	.details = "Removes containers, volumes, networks and logs of runs "
		   "that died before they\ncould do so themselves. Running "
		   "ones, and those of others, are left alone.",
	.options = options,
	.size = sizeof(struct values),
	.run = run,
};
