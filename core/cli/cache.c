/* SPDX-License-Identifier: MIT */
/* cirrus cache */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cache.h"
#include "cli/command.h"
#include "cli/location.h"
#include "model/exit.h"

#define AT(field) OPTION_AT(struct cache_values, field)

static const struct option options[] = {
	{"directory", 'C', &OPTION_TEXT, AT(dir), .arg = "DIR",
	 .help = "the project in DIR instead of this one"},
	{"all", 'a', &OPTION_FLAG, AT(all),
	 .help = "of all projects (list, prune)"},
	{"json", 0, &OPTION_FLAG, AT(json), .help = "as JSON (list, show)"},
	{"dry-run", 'n', &OPTION_FLAG, AT(dry_run),
	 .help = "tell what would be removed, remove nothing (prune)"},
	{"older-than", 0, &OPTION_DURATION, AT(older_than_ns), .arg = "AGE",
	 .help = "what was not used for so long, such as 12h or 7d (prune)"},
	{"max-size", 0, &OPTION_BYTES, AT(max_bytes), .arg = "SIZE",
	 .help = "so much that no more than SIZE is left, such as 5G (prune)"},
	{0},
};

static const struct cache_values defaults = {.older_than_ns = -1,
					     .max_bytes = -1};

const struct cache_action cache_actions[] = {
	{"list", "", "tell what is kept", false, cache_do_list},
	{"show", "KEY", "tell all about one entry", true, cache_do_show},
	{"rm", "KEY...", "remove entries", true, cache_do_rm},
	{"prune", "", "remove what was not used for long", false,
	 cache_do_prune},
	{"export", "KEY FILE", "copy an entry to a file", true,
	 cache_do_export},
	{"import", "FILE...", "take in what was exported", false,
	 cache_do_import},
	{0},
};

/* --- finding ------------------------------------------------------------------ */

int cache_open_project(const struct cache_values *v, struct cache_dirs *out,
		       struct error **err)
{
	AUTO_LOCATION struct location l = {0};
	struct cache_dir *d;

	if (v->dir && chdir(v->dir) < 0)
		return error_errno(err, errno, "cannot enter %s", v->dir);
	if (cache_dir_open(location_find(NULL, &l, NULL) < 0 ? "." : l.dir, &d,
			   err) < 0)
		return -1;
	cache_dirs_push(out, d);
	return 0;
}

int cache_find_any(struct cache_dir *d, const char *key, struct cache_entry *e,
		   int *fd, struct error **err)
{
	int r = cache_find(d, CACHE_ARCHIVE, key, e, fd, err);

	if (r == 0)
		r = cache_find(d, CACHE_BLOB, key, e, fd, err);
	if (r == 0) {
		error_set(err, ERR_NOTFOUND, "there is no cache entry \"%s\"",
			  key);
		error_hint(err, "cirrus cache list tells what is kept");
	}
	return r > 0 ? 0 : -1;
}

/* --- the command ---------------------------------------------------------------- */

static const struct cache_action *find_action(const char *name,
					      struct error **err)
{
	AUTO_BUF struct buf names = BUF_INIT(BUF_LINE);

	for (const struct cache_action *a = cache_actions; a->name; a++) {
		if (name && strcmp(a->name, name) == 0)
			return a;
		buf_addf(&names, "%s%s", names.len > 0 ? ", " : "", a->name);
	}
	if (name)
		error_set(err, ERR_USAGE, "unknown action \"%s\"", name);
	else
		error_set(err, ERR_USAGE, "cache needs an action");
	error_hint(err, "there are %s", names.data);
	return NULL;
}

static size_t count(char **words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

/* "KEY..." stands for one or more. */
static int check_count(const struct cache_action *a, size_t given,
		       struct error **err)
{
	bool more = strstr(a->operands, "...") != NULL;
	size_t wanted = *a->operands != '\0';

	for (const char *p = a->operands; *p; p++)
		wanted += *p == ' ';
	if (given == wanted || (more && given >= wanted))
		return 0;
	return error_set(err, ERR_USAGE, "cache %s takes %s", a->name,
			 *a->operands ? a->operands : "no argument");
}

static int act(const struct cache_values *v, char **operands,
	       struct error **err)
{
	AUTO_CACHE_DIRS struct cache_dirs dirs = {0};
	size_t n = count(operands);
	const struct cache_action *a =
		find_action(n > 0 ? operands[0] : NULL, err);

	if (!a || check_count(a, n - 1, err) < 0)
		return -1;
	if (v->all && a->of_one)
		return error_set(err, ERR_USAGE,
				 "cache %s is about one project: not with "
				 "--all",
				 a->name);
	if ((v->all ? cache_dirs_all(&dirs, err)
		    : cache_open_project(v, &dirs, err)) < 0)
		return -1;
	return a->act(v, &dirs, operands + 1, err);
}

static int run(const void *values, char **operands)
{
	AUTO_ERROR struct error *err = NULL;

	return act(values, operands, &err) < 0 ? command_fail(err) : EXIT_OK;
}

const struct command command_cache = {
	.name = "cache",
	.summary = "look after what caches hold",
	.operands = "ACTION [ARG...]",
	.details =
		"Lists, shows, removes and carries away what the cache "
		"instructions of tasks\nkeep, each project's by itself. The "
		"actions are:\n\n"
		"  list               what is kept\n"
		"  show KEY           all about one entry, and what is in it\n"
		"  rm KEY...          remove entries\n"
		"  prune              remove what was not used for 30 days, or "
		"as options say\n"
		"  export KEY FILE    copy an entry to a file (-: the standard "
		"output)\n"
		"  import FILE...     take in what was exported",
	.options = options,
	.size = sizeof(struct cache_values),
	.defaults = &defaults,
	.run = run,
};
