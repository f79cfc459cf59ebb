/* SPDX-License-Identifier: MIT */
/* From the command line to tasks: what run, validate and list do alike. */
#ifndef CIRRUS_CLI_LOAD_H
#define CIRRUS_CLI_LOAD_H

#include "base/strv.h"
#include "cli/location.h"
#include "cli/options.h"
#include "model/environment.h"
#include "model/task.h"

/* The options that all three have, as a part of their values. */
struct load_options {
	const char *file, *dir;
	struct strv env;
	const char *env_file;
	bool ignore_star;
	bool no_git_facts;
	struct strv affected_files;
	const char *affected_git, *affected_git_cached; /* revisions */
};

/* The rows of an option table for a `struct load_options` at this offset. */
#define LOAD_OPTIONS(base)                                                     \
	{"file",                                                               \
	 'f',                                                                  \
	 &OPTION_TEXT,                                                         \
	 (base) + OPTION_AT(struct load_options, file),                        \
	 .arg = "FILE",                                                        \
	 .help = "read FILE instead of .cirrus.yml; -: standard input"},       \
		{"directory",  'C',                                            \
		 &OPTION_TEXT, (base) + OPTION_AT(struct load_options, dir),   \
		 .arg = "DIR", .help = "work as if started in DIR"},           \
		{"env",                                                        \
		 'e',                                                          \
		 &OPTION_LIST,                                                 \
		 (base) + OPTION_AT(struct load_options, env),                 \
		 .arg = "NAME[=VALUE]",                                        \
		 .help = "set a variable, or pass one on; repeatable"},        \
		{"env-file",                                                   \
		 0,                                                            \
		 &OPTION_TEXT,                                                 \
		 (base) + OPTION_AT(struct load_options, env_file),            \
		 .arg = "FILE",                                                \
		 .help = "variables as for --env, one a line"},                \
		{"affected-files",                                             \
		 0,                                                            \
		 &OPTION_COMMAS,                                               \
		 (base) + OPTION_AT(struct load_options, affected_files),      \
		 .arg = "A,B",                                                 \
		 .help = "files that changesInclude() finds changed"},         \
		{"affected-files-git",                                         \
		 0,                                                            \
		 &OPTION_TEXT,                                                 \
		 (base) + OPTION_AT(struct load_options, affected_git),        \
		 .arg = "REV",                                                 \
		 .help = "also the files that differ from REV"},               \
		{"affected-files-git-cached",                                  \
		 0,                                                            \
		 &OPTION_TEXT,                                                 \
		 (base) + OPTION_AT(struct load_options, affected_git_cached), \
		 .arg = "REV",                                                 \
		 .help = "also the files whose staged state differs from "     \
			 "REV"},                                               \
		{"no-git-facts", 0, &OPTION_FLAG,                              \
		 (base) + OPTION_AT(struct load_options, no_git_facts),        \
		 .help = "leave CIRRUS_BRANCH and the like undefined"},        \
	{                                                                      \
		"ignore-star", 0, &OPTION_FLAG,                                \
			(base) + OPTION_AT(struct load_options, ignore_star),  \
			.help = "read the YAML alone where there is a "        \
				".cirrus.star"                                 \
	}

/* The rows for how to choose what the named tasks depend on, a bool. */
#define DEPS_OPTIONS(field)                                                 \
	{"with-deps", 0, &OPTION_FLAG, (field),                             \
	 .help = "also the tasks that the named ones depend on"},           \
	{                                                                   \
		"no-deps", 0, &OPTION_FLAG_OFF, (field),                    \
			.help = "only the named tasks and the images that " \
				"they need (default)"                       \
	}

struct loaded {
	struct environment base; /* constants and git's facts */
	struct environment user; /* --env-file, then -e */
	struct location location;
	struct buf text;     /* of the configuration */
	struct tasks *tasks; /* NULL where it is wrong */
	struct position at;  /* of what is wrong */
};
void loaded_clear(struct loaded *l);
#define AUTO_LOADED __attribute__((__cleanup__(loaded_clear)))

/* Finds and reads the text. */
int load_text(const struct load_options *o, struct loaded *out,
	      struct error **err) MUST_CHECK;
/* Parses it; the error says what is wrong, out->at where. */
int load_tasks(const struct load_options *o, struct loaded *out,
	       struct error **err) MUST_CHECK;

/* By id, for free(): which tasks would be filtered if it were not for what git
 * knows, which the hosted service told to conditions and other runners did not. */
bool *load_enabled_by_git(const struct load_options *o, const struct loaded *l);

/* Puts the lines in question below an error's message. */
void load_show_place(struct error *e, const struct loaded *l);

#endif
