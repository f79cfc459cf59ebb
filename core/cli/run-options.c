/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/run-options.h"

#include <string.h>

#include "base/clock.h"
#include "report/report.h"
#include "report/words.h"
#include "run/mask.h"
#include "run/run.h"

static const char *const pull_policies[] = {
	[PULL_MISSING] = "missing",
	[PULL_ALWAYS] = "always",
	[PULL_NEVER] = "never",
	NULL,
};

const struct run_values run_defaults = {.pull = PULL_MISSING,
					.ready_ns = 120 * NS_PER_S};

#define AT(field) OPTION_AT(struct run_values, field)

const struct option run_options_table[] = {
	LOAD_OPTIONS(AT(load)),
	{"output", 'o', &OPTION_CHOICE, AT(output), .arg = "FORMAT",
	 .help = "auto, interactive, noemoji, simple, json, github-actions, "
		 "travis or teamcity",
	 .choices = reporter_formats},
	{"verbose", 'v', &OPTION_FLAG, AT(verbose), .help = "tell more"},
	{"quiet", 'q', &OPTION_FLAG, AT(quiet),
	 .help = "tell only of failures and the result"},
	{"report", 0, &OPTION_TEXT, AT(report), .arg = "FILE",
	 .help = "write the run to FILE as a page of HTML"},
	{"junit", 0, &OPTION_TEXT, AT(junit), .arg = "FILE",
	 .help = "write the run to FILE as JUnit's XML"},
	{"jobs", 'j', &OPTION_COUNT, AT(jobs), .arg = "N",
	 .help = "run at most N tasks at once (default: one a processor)"},
	DEPS_OPTIONS(AT(with_deps)),
	{"failed", 0, &OPTION_FLAG, AT(failed),
	 .help = "run again what failed when it was run last"},
	{"dirty", 0, &OPTION_FLAG, AT(dirty),
	 .help = "work in the project itself, not in a copy"},
	{"no-gitignore", 0, &OPTION_FLAG, AT(no_gitignore),
	 .help = "copy also what git ignores"},
	{"pull", 0, &OPTION_CHOICE, AT(pull), .arg = "WHEN",
	 .help = "pull images: missing (default), always or never",
	 .choices = pull_policies},
	{"lazy-pull", 0, &OPTION_FLAG, AT(lazy_pull),
	 .help = "the same as --pull=missing"},
	{"dry-run", 'n', &OPTION_FLAG, AT(dry_run),
	 .help = "tell what would run, start nothing"},
	{"strict", 0, &OPTION_FLAG, AT(strict),
	 .help = "fail where a task is skipped for want of a backend"},
	{"container-backend", 0, &OPTION_TEXT, AT(backend), .arg = "NAME",
	 .help = "docker, podman, another backend, /path/to/plugin.so, or "
		 "auto (default)"},
	{"backend-option", 0, &OPTION_LIST, AT(backend_options),
	 .arg = "NAME.KEY=VALUE", .help = "set an option of a backend"},
	{"cpu", 0, &OPTION_CPUS, AT(cpu_nano), .arg = "N",
	 .help = "give each task N CPUs, whatever the file says"},
	{"memory", 0, &OPTION_BYTES, AT(memory_bytes), .arg = "SIZE",
	 .help = "give each task that much memory, such as 512M or 4G"},
	{"ready-timeout", 0, &OPTION_DURATION, AT(ready_ns), .arg = "DURATION",
	 .help = "how long additional containers may take to be ready "
		 "(default: 2m)"},
	{"fail-fast", 0, &OPTION_FLAG, AT(fail_fast),
	 .help = "start no more tasks once one failed"},
	{"keep-going", 'k', &OPTION_FLAG_OFF, AT(fail_fast),
	 .help = "run what does not depend on a failure (default)"},
	{"shell-on-failure", 0, &OPTION_FLAG, AT(shell),
	 .help = "open a shell in the environment of a task that failed"},
	{"dockerfile-image-template", 0, &OPTION_TEXT, AT(image_template),
	 .arg = "TEMPLATE",
	 .help = "what images from Dockerfiles are called; %s is the hash"},
	{"dockerfile-image-push", 0, &OPTION_FLAG, AT(image_push),
	 .help = "push images once they are built"},
	{"keep", 0, &OPTION_FLAG, AT(keep),
	 .help = "leave environments behind, and tell how to enter them"},
	{"artifacts-dir", 0, &OPTION_TEXT, AT(artifacts_dir), .arg = "DIR",
	 .help = "keep artifacts, in DIR/TASK/NAME/PATH"},

	/* --- what users of the old CLI may still have in their scripts --- */
	{"environment", 0, &OPTION_LIST, AT(load.env), .arg = "NAME[=VALUE]",
	 .help = "the same as --env", .old = true},
	{"debug-no-cleanup", 0, &OPTION_FLAG, AT(keep),
	 .help = "the same as --keep", .old = true},
	{"container-lazy-pull", 0, &OPTION_FLAG, AT(lazy_pull),
	 .help = "the same as --pull=missing", .old = true},
	{"tart-lazy-pull", 0, &OPTION_FLAG, AT(lazy_pull),
	 .help = "the same as --pull=missing", .old = true},
	{"vetu-lazy-pull", 0, &OPTION_FLAG, AT(lazy_pull),
	 .help = "the same as --pull=missing", .old = true},
	{"heartbeat-timeout", 0, &OPTION_TEXT, AT(unused_text),
	 .arg = "DURATION", .help = "no effect; see timeout_in",
	 .note = "has no effect: no agent runs in a task; timeout_in in the "
		 "configuration limits its time",
	 .old = true},
	{"tart-no-unmount", 0, &OPTION_FLAG, AT(unused_flag),
	 .help = "no effect",
	 .note = "has no effect: this version has no tart backend",
	 .old = true},
	{"user", 0, &OPTION_TEXT, AT(unused_text), .arg = "NAME",
	 .help = "no effect",
	 .note = "has no effect: cirrus needs no privileges to drop",
	 .old = true},
	{"debug", 0, &OPTION_FLAG, AT(verbose), .help = "the same as --verbose",
	 .old = true},
	{0},
};

/* --- once more ---------------------------------------------------------------- */

static void add_option(struct buf *b, const struct option *o, const char *value)
{
	AUTO_FREE char *word = xasprintf("--%s%s%s", o->name, value ? "=" : "",
					 value ? value : "");

	if (b->len > 0)
		buf_addc(b, ' ');
	words_shell(b, word);
}

/* Where there is a secret in it, the name alone, which passes on the caller's
 * own. */
static void add_variable(struct buf *b, const struct option *o,
			 const char *setting, struct secrets *secrets)
{
	AUTO_FREE char *name = xstrndup(setting, strcspn(setting, "="));
	AUTO_FREE char *masked = secrets_mask(secrets, setting);
	bool is_secret =
		environment_is_secret(name) || strcmp(masked, setting) != 0;

	add_option(b, o, is_secret ? name : setting);
}

static void add_given(struct buf *b, const struct option *o, const void *field,
		      struct secrets *secrets)
{
	const struct strv *list = field;
	bool is_env = strcmp(o->name, "env") == 0;

	if (o->type == &OPTION_FLAG && *(const bool *)field)
		add_option(b, o, NULL);
	else if (o->type == &OPTION_TEXT && *(const char *const *)field)
		add_option(b, o, *(const char *const *)field);
	else if (is_env)
		for (size_t i = 0; i < list->len; i++)
			add_variable(b, o, list->v[i], secrets);
	else if (o->type == &OPTION_LIST || o->type == &OPTION_COMMAS)
		for (size_t i = 0; i < list->len; i++)
			add_option(b, o, list->v[i]);
}

char *run_options_again(const struct run_values *v, struct secrets *secrets)
{
	static const char *const names[] = {
		"file",
		"directory",
		"env",
		"env-file",
		"affected-files",
		"affected-files-git",
		"affected-files-git-cached",
		"no-git-facts",
		"ignore-star",
		"dirty",
		"container-backend",
		"backend-option",
	};
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	for (const struct option *o = run_options_table; o->name; o++)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (strcmp(o->name, names[i]) == 0)
				add_given(&b, o, (const char *)v + o->at,
					  secrets);
	return buf_steal(&b);
}
