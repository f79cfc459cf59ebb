/* SPDX-License-Identifier: MIT */
/* cirrus validate */
#include "config.h"

#include <stdio.h>

#include "base/strv.h"
#include "cli/blocks.h"
#include "cli/command.h"
#include "cli/diagnostics.h"
#include "cli/load.h"
#include "model/exit.h"

static const char *const formats[] = {"text", "json", "github-actions", NULL};

struct values {
	struct load_options load;
	bool print, strict, json, backends;
	int output; /* index in formats */
};

static const struct option options[] = {
	LOAD_OPTIONS(OPTION_AT(struct values, load)),
	{"print", 'p', &OPTION_FLAG, OPTION_AT(struct values, print),
	 .help = "print the configuration's text first"},
	{"strict", 0, &OPTION_FLAG, OPTION_AT(struct values, strict),
	 .help = "fail where there is a warning"},
	{"backends", 0, &OPTION_FLAG, OPTION_AT(struct values, backends),
	 .help = "check also what only the installed backends know"},
	{"json", 0, &OPTION_FLAG, OPTION_AT(struct values, json),
	 .help = "the same as --output=json"},
	{"output", 'o', &OPTION_CHOICE, OPTION_AT(struct values, output),
	 .arg = "FORMAT", .help = "text (default), json or github-actions",
	 .choices = formats},
	{"environment", 0, &OPTION_LIST, OPTION_AT(struct values, load.env),
	 .arg = "NAME[=VALUE]", .help = "the same as --env", .old = true},
	{0},
};

static int check_suffix(const char *file, struct error **err)
{
	static const char *const known[] = {".yml", ".yaml", ".star"};

	if (!file || (file[0] == '-' && !file[1]))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_ends(file, known[i]))
			return 0;
	error_set(err, ERR_USAGE, "validate failed: %s is no configuration",
		  file);
	return error_hint(err, "its name ends in neither .yml nor .yaml");
}

/* What backends would not take: asked of the plugins, not of engines. */
static int ask_backends(const struct loaded *l, struct diagnostics *d,
			struct error **err)
{
	AUTO_BACKEND_KINDS struct backend_kinds kinds = {0};
	AUTO_ENVIRONMENT struct environment env = {0};

	if (backend_kinds(&kinds, err) < 0)
		return -1;
	environment_merge(&env, &l->base);
	environment_merge(&env, &l->user);
	blocks_check(l->tasks, &kinds, &env, d);
	return 0;
}

/* What there is to say about the text; an error other than a wrong
 * configuration is left in *err. */
static int diagnose(const struct values *v, struct diagnostics *d,
		    struct error **err)
{
	AUTO_LOADED struct loaded l = {.text = BUF_INIT(BUF_FILE)};
	AUTO_ERROR struct error *wrong = NULL;

	if (check_suffix(v->load.file, err) < 0 ||
	    load_text(&v->load, &l, err) < 0)
		return -1;
	if (v->print)
		fwrite(l.text.data, 1, l.text.len, stdout);
	diagnostics_begin(d, &l);
	if (load_tasks(&v->load, &l, &wrong) == 0) {
		diagnostics_add_issues(d, l.tasks);
		return v->backends ? ask_backends(&l, d, err) : 0;
	}
	if (wrong->code == ERR_CONFIG)
		diagnostics_add_error(d, wrong, l.at);
	else
		return error_pass(err, &wrong, NULL);
	return 0;
}

static int run(const void *values, char **operands)
{
	const struct values *v = values;
	AUTO_DIAGNOSTICS struct diagnostics d = {0};
	AUTO_ERROR struct error *err = NULL;
	enum diagnostics_format format = (enum diagnostics_format)v->output;

	(void)operands;
	if (diagnose(v, &d, &err) < 0)
		return command_fail(err);
	diagnostics_print(&d, v->json ? DIAGNOSTICS_JSON : format);
	if (d.n_errors || (v->strict && d.n_warnings))
		return EXIT_USAGE;
	return EXIT_OK;
}

const struct command command_validate = {
	.name = "validate",
	.summary = "check .cirrus.yml without running anything",
	.operands = "",
	.details = "Checks .cirrus.yml offline and tells what is wrong or "
		   "doubtful in it, where,\nand what was probably meant.",
	.options = options,
	.size = sizeof(struct values),
	.run = run,
};
