/* SPDX-License-Identifier: MIT */
/* cirrus __complete -- WORDS...: what may stand for the last of the words that
 * follow "cirrus" on a command line, for the shells' completions: a line each,
 * "TEXT<tab>what it is".  A line ":files" or ":directories" leaves it to the
 * shell.  What is wrong on the command line completes to nothing. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "backend/backend.h"
#include "base/strv.h"
#include "cli/cache.h"
#include "cli/command.h"
#include "cli/load.h"

struct completing {
	const struct command *command;
	const char *const *before; /* words behind the command, in front of: */
	size_t n_before;
	const char *word; /* the one to complete; "" where there is none yet */
};

static void offer(const struct completing *c, const char *prefix,
		  const char *text, const char *what)
{
	AUTO_FREE char *whole = xasprintf("%s%s", prefix, text);

	if (str_starts(whole, c->word) && !strpbrk(text, "\n\t"))
		printf("%s\t%s\n", whole, what ? what : "");
}

static void offer_commands(const struct completing *c)
{
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			offer(c, "", commands[i]->name, commands[i]->summary);
}

/* --- options ------------------------------------------------------------------ */

static const struct option *find_option(const struct command *command,
					const char *word)
{
	size_t len = strcspn(word, "=");

	for (const struct option *o = command->options; o->name; o++) {
		if (word[0] == '-' && word[1] == o->letter && o->letter)
			return o;
		if (str_starts(word, "--") && strlen(o->name) == len - 2 &&
		    strncmp(word + 2, o->name, len - 2) == 0)
			return o;
	}
	return NULL;
}

/* The option whose value the word behind this one is, or NULL. */
static const struct option *awaits_value(const struct command *command,
					 const char *word)
{
	const struct option *o = find_option(command, word);
	bool is_whole =
		o && !strchr(word, '=') && (word[1] == '-' || word[2] == '\0');

	return is_whole && !o->type->flag ? o : NULL;
}

static void offer_options(const struct completing *c)
{
	for (const struct option *o = c->command->options; o->name; o++)
		if (!o->old)
			offer(c, "--", o->name, o->help);
	offer(c, "--", "help", "print the help");
}

static void offer_backends(const struct completing *c, const char *prefix)
{
	AUTO_BACKEND_KINDS struct backend_kinds kinds = {0};
	AUTO_ERROR struct error *err = NULL;
	const char *last = "";

	if (backend_kinds(&kinds, &err) < 0)
		return;
	for (size_t i = 0; i < kinds.len; i++) {
		if (strcmp(last, kinds.v[i].backend) != 0)
			offer(c, prefix, kinds.v[i].backend, "backend");
		last = kinds.v[i].backend;
	}
}

/* Values of an option; prefix: what of the word is not the value. */
static void offer_values(const struct completing *c, const struct option *o,
			 const char *prefix)
{
	for (size_t i = 0; o->choices && o->choices[i]; i++)
		offer(c, prefix, o->choices[i], NULL);
	if (strcmp(o->name, "container-backend") == 0)
		offer(c, prefix, "auto", "the first that is ready");
	if (strcmp(o->name, "container-backend") == 0 ||
	    strcmp(o->name, "dump") == 0)
		offer_backends(c, prefix);
	else if (o->arg && strcmp(o->arg, "FILE") == 0)
		puts(":files");
	else if (o->arg && strcmp(o->arg, "DIR") == 0)
		puts(":directories");
}

/* --- tasks -------------------------------------------------------------------- */

static const struct option load_only[] = {LOAD_OPTIONS(0), {0}};
static const struct command load_command = {.options = load_only};

/* Of the words in front those that say which configuration. */
static void keep_load_options(const struct completing *c, struct strv *out)
{
	for (size_t i = 0; i < c->n_before; i++) {
		const char *word = c->before[i];

		if (awaits_value(&load_command, word) && i + 1 < c->n_before) {
			strv_push(out, word);
			strv_push(out, c->before[++i]);
		} else if (word[0] == '-' && find_option(&load_command, word)) {
			strv_push(out, word);
		}
	}
}

static void offer_names(const struct completing *c, const struct tasks *tasks)
{
	AUTO_STRV struct strv seen = {0};

	for (size_t i = 0; i < tasks->len; i++) {
		const struct task *t = tasks->v[i];
		const char *alias = t->alias ? t->alias : "";

		if (t->filtered)
			continue;
		if (*t->name && !strv_contains(&seen, t->name)) {
			strv_push(&seen, t->name);
			offer(c, "", t->name, "task");
		}
		if (*alias && !strv_contains(&seen, alias)) {
			strv_push(&seen, alias);
			offer(c, "", alias, "alias");
		}
	}
}

static void offer_tasks(const struct completing *c)
{
	AUTO_STRV struct strv words = {0};
	AUTO_PARSED struct parsed parsed = {0};
	AUTO_LOADED struct loaded l = {.text = BUF_INIT(BUF_FILE)};
	AUTO_ERROR struct error *err = NULL;
	struct load_options o = {0};

	keep_load_options(c, &words);
	strv_push(&words, "--ignore-star");
	if (options_parse(load_only, (const char *const *)words.v, &o, &parsed,
			  &err) == 0 &&
	    load_text(&o, &l, &err) == 0 && load_tasks(&o, &l, &err) == 0)
		offer_names(c, l.tasks);
	options_clear(load_only, &o);
}

/* --- caches -------------------------------------------------------------------- */

static void offer_keys(const struct completing *c)
{
	AUTO_CACHE_DIRS struct cache_dirs dirs = {0};
	AUTO_CACHE_ENTRIES struct cache_entries all = {0};
	static const struct cache_values here = {0};

	if (cache_open_project(&here, &dirs, NULL) < 0 ||
	    cache_list(dirs.ptr[0], &all, NULL) < 0)
		return;
	for (size_t i = 0; i < all.len; i++)
		offer(c, "", all.ptr[i].key, "cache entry");
}

/* The action, then what it takes. */
static void offer_cache(const struct completing *c)
{
	const struct cache_action *a = cache_actions;
	size_t n = 0;

	while (n < c->n_before && *c->before[n] == '-')
		n++;
	while (n < c->n_before && a->name && strcmp(a->name, c->before[n]) != 0)
		a++;
	if (n == c->n_before)
		for (; a->name; a++)
			offer(c, "", a->name, a->help);
	else if (str_starts(a->name ? a->operands : "", "KEY") &&
		 (n + 1 == c->n_before || strstr(a->operands, "...")))
		offer_keys(c);
	else if (a->name && strstr(a->operands, "FILE"))
		puts(":files");
}

/* --- the command -------------------------------------------------------------- */

static void offer_operands(const struct completing *c)
{
	if (strstr(c->command->operands, "[TASK"))
		offer_tasks(c);
	else if (strcmp(c->command->operands, "[COMMAND]") == 0)
		offer_commands(c);
	else if (c->command == &command_cache)
		offer_cache(c);
}

/* The option that the last of the words in front leaves open, or NULL;
 * *operands: "--" was among them. */
static const struct option *open_option(const struct completing *c,
					bool *operands)
{
	const struct option *open = NULL;

	*operands = false;
	for (size_t i = 0; i < c->n_before; i++) {
		if (open)
			open = NULL;
		else if (strcmp(c->before[i], "--") == 0)
			*operands = true;
		else if (!*operands)
			open = awaits_value(c->command, c->before[i]);
	}
	return open;
}

static void complete_of_command(const struct completing *c)
{
	bool operands;
	const struct option *open = open_option(c, &operands);
	const char *equals = strchr(c->word, '=');

	if (open) {
		offer_values(c, open, "");
	} else if (!operands && str_starts(c->word, "--") && equals) {
		const struct option *o = find_option(c->command, c->word);
		AUTO_FREE char *prefix =
			xstrndup(c->word, (size_t)(equals - c->word) + 1);

		if (o)
			offer_values(c, o, prefix);
	} else if (!operands && *c->word == '-') {
		offer_options(c);
	} else {
		offer_operands(c);
	}
}

static int run(const void *values UNUSED, char **operands)
{
	struct completing c = {.word = ""};
	size_t n = 0;

	while (operands && operands[n])
		n++;
	if (n == 0)
		return EXIT_SUCCESS;
	c.word = operands[n - 1];
	if (n == 1) {
		offer_commands(&c);
		offer(&c, "", "--help", "print the help");
		offer(&c, "", "--version", "print the program's version");
		return EXIT_SUCCESS;
	}
	c.command = command_find(operands[0]);
	c.before = (const char *const *)operands + 1;
	c.n_before = n - 2;
	if (c.command)
		complete_of_command(&c);
	return EXIT_SUCCESS;
}

static const struct option options[] = {{0}};

const struct command command_complete = {
	.name = "__complete",
	.summary = "print what may stand for the last word",
	.operands = "[WORD...]",
	.options = options,
	.hidden = true,
	.run = run,
};
