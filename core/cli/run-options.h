/* SPDX-License-Identifier: MIT */
/* What `cirrus run` can be asked for. */
#ifndef CIRRUS_CLI_RUN_OPTIONS_H
#define CIRRUS_CLI_RUN_OPTIONS_H

#include "cli/load.h"
#include "cli/options.h"
#include "run/mask.h"

struct run_values {
	struct load_options load;
	int output; /* index in reporter_formats */
	bool verbose, quiet;
	int jobs;
	bool dirty, no_gitignore, dry_run, strict, keep, with_deps, failed;
	bool fail_fast, shell;
	int pull; /* enum pull_policy */
	bool lazy_pull;
	const char *backend;
	struct strv backend_options;
	const char *image_template;
	bool image_push;
	int64_t cpu_nano, memory_bytes, ready_ns;
	const char *artifacts_dir;
	const char *report, *junit;

	/* Taken and explained, but without effect. */
	const char *unused_text;
	bool unused_flag;
};

extern const struct option run_options_table[];
extern const struct run_values run_defaults;

/* Those given that decide what a task does, as a shell takes them, for free():
 * what a person types to have the same again.  Values of secrets are not
 * there. */
char *run_options_again(const struct run_values *v, struct secrets *secrets);

#endif
