/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/script.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "run/variables.h"

void script_quote(struct buf *b, const char *text)
{
	buf_addc(b, '\'');
	for (;;) {
		size_t n = strcspn(text, "'");

		buf_add(b, text, n);
		if (text[n] == '\0')
			break;
		buf_adds(b, "'\\''");
		text += n + 1;
	}
	buf_addc(b, '\'');
}

/* pipefail is tried where it cannot kill: some shells take an option they do
 * not know for a reason to exit. */
static const char prologue[] =
	"set -e\n"
	"case ${BASH_VERSION-} in ?*) set -o pipefail ;; *) "
	"if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi ;; esac\n"
	"set -v\n";

void script_text(struct buf *b, const char *shell, const char *const *items)
{
	buf_addf(b, "#!%s\n%s", shell ? shell : "/bin/sh", prologue);
	for (; *items; items++)
		buf_addf(b, "%s\n", *items);
}

bool script_is_direct(const struct environment *env)
{
	const char *shell = environment_get(env, "CIRRUS_SHELL");

	return shell && strcmp(shell, "direct") == 0;
}

/* Names that shells keep for themselves, or compute. */
static bool is_reserved(const char *name)
{
	static const char *const names[] = {"BASHOPTS",
					    "BASHPID",
					    "BASH_ARGC",
					    "BASH_ARGV",
					    "BASH_CMDS",
					    "BASH_LINENO",
					    "BASH_SOURCE",
					    "BASH_VERSINFO",
					    "DIRSTACK",
					    "EUID",
					    "FUNCNAME",
					    "GROUPS",
					    "LINENO",
					    "OPTIND",
					    "PPID",
					    "RANDOM",
					    "SECONDS",
					    "SHELLOPTS",
					    "SRANDOM",
					    "UID",
					    "_",
					    "EPOCHSECONDS",
					    "EPOCHREALTIME",
					    "BASH_SUBSHELL",
					    "BASH_COMMAND",
					    "POSIXLY_CORRECT",
					    "IFS"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return str_starts(name, "cirrus_");
}

static bool is_exportable(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return false;
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return false;
	return !is_reserved(name);
}

static const char run_it[] =
	"${cirrus_setsid:+\"$cirrus_setsid\"}"; /* in its own session */

/* cirrus_with, where some variables need env(1). */
static void add_with(struct buf *b, const struct environment *env)
{
	bool any = false;

	for (size_t i = 0; i < env->len; i++) {
		const struct env_var *v = &env->vars[i];
		AUTO_FREE char *value = NULL, *pair = NULL;

		if (is_exportable(v->name))
			continue;
		if (!any)
			buf_addf(b, "cirrus_with() {\n\texec %s env", run_it);
		any = true;
		value = variables_literal(v->value);
		pair = xasprintf("%s=%s", v->name, value);
		buf_addc(b, ' ');
		script_quote(b, pair);
	}
	if (any)
		buf_adds(b, " \"$@\"\n}\n");
}

static void add_words(struct buf *b, const struct strv *words)
{
	for (size_t i = 0; i < words->len; i++) {
		buf_addc(b, ' ');
		script_quote(b, words->v[i]);
	}
}

static int add_shell(struct buf *b, const struct environment *env,
		     struct error **err)
{
	const char *shell = environment_get(env, "CIRRUS_SHELL");
	AUTO_STRV struct strv words = {0};

	if (!shell || strcmp(shell, "direct") == 0)
		return 0;
	if (script_words(shell, &words, err) < 0) {
		error_prefix(err, "CIRRUS_SHELL");
		return -1;
	}
	if (words.len == 0)
		return 0;
	buf_adds(b, "cirrus_script() {\n\tcirrus_with");
	add_words(b, &words);
	buf_adds(b, " \"$1\"\n}\n");
	if (!environment_get(env, "SHELL")) {
		buf_adds(b, "[ -z \"${SHELL+set}\" ] || export SHELL=");
		script_quote(b, shell);
		buf_addc(b, '\n');
	}
	return 0;
}

/* The image's own, where it has one. */
static void add_os(struct buf *b, const struct environment *env)
{
	const char *os = environment_get(env, "CIRRUS_OS");

	if (!os || environment_get(env, "OS"))
		return;
	buf_adds(b, "[ -n \"${OS+set}\" ] || export OS=");
	script_quote(b, os);
	buf_addc(b, '\n');
}

int script_environment(struct buf *b, const struct environment *env,
		       struct error **err)
{
	for (size_t i = 0; i < env->len; i++) {
		AUTO_FREE char *value = NULL;

		if (!is_exportable(env->vars[i].name))
			continue;
		value = variables_literal(env->vars[i].value);
		buf_addf(b, "export %s=", env->vars[i].name);
		script_quote(b, value);
		buf_addc(b, '\n');
	}
	add_os(b, env);
	add_with(b, env);
	if (add_shell(b, env, err) < 0)
		return -1;
	if (b->overflow)
		return error_set(err, ERR_LIMIT,
				 "the environment is larger than %zu bytes",
				 b->max);
	return 0;
}

/* All but the last one: in a child, and the first to fail is the end. */
static void add_sequence(struct buf *b, const struct strv *lines)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);

	for (size_t i = 0; i + 1 < lines->len; i++)
		buf_addf(&text, "(exec%s) || exit\n", lines->v[i]);
	buf_addf(&text, "exec%s\n", lines->v[lines->len - 1]);
	buf_adds(b, " /bin/sh -c ");
	script_quote(b, text.data);
}

int script_direct(struct buf *b, const char *name, const struct strv *commands,
		  struct error **err)
{
	AUTO_STRV struct strv lines = {0};

	for (size_t i = 0; i < commands->len; i++) {
		AUTO_STRV struct strv words = {0};
		AUTO_BUF struct buf line = BUF_INIT(BUF_FILE);

		if (script_words(commands->v[i], &words, err) < 0)
			return -1;
		add_words(&line, &words);
		if (words.len > 0)
			strv_push(&lines, line.data);
	}
	if (lines.len == 0)
		return error_set(err, ERR_CONFIG, "no command to run");
	buf_addf(b, "%s() {\n\tcirrus_with", name);
	if (lines.len > 1)
		add_sequence(b, &lines);
	else
		buf_adds(b, lines.v[0]);
	buf_adds(b, "\n}\n");
	return 0;
}

/* The quoted piece that begins at p, added to word; NULL: no end. */
static const char *take_quoted(const char *p, struct buf *word)
{
	char quote = *p++;

	for (; *p && *p != quote; p++) {
		if (*p == '\\' && quote == '"' && p[1] &&
		    strchr("\"\\$`", p[1]))
			p++;
		buf_addc(word, *p);
	}
	return *p ? p + 1 : NULL;
}

/* The word that begins at p; NULL: it has no end. */
static const char *take_word(const char *p, struct buf *word)
{
	while (p && *p && !isspace((unsigned char)*p)) {
		if (*p == '\'' || *p == '"') {
			p = take_quoted(p, word);
		} else if (*p == '\\' && p[1] == '\0') {
			return NULL;
		} else {
			p += *p == '\\';
			buf_addc(word, *p++);
		}
	}
	return p;
}

int script_words(const char *text, struct strv *out, struct error **err)
{
	const char *p = text;

	for (;;) {
		AUTO_BUF struct buf word = BUF_INIT(BUF_FILE);

		while (isspace((unsigned char)*p))
			p++;
		if (*p == '\0')
			return 0;
		p = take_word(p, &word);
		if (!p)
			return error_set(err, ERR_CONFIG,
					 "a quote or backslash without its "
					 "end: %s",
					 text);
		strv_push(out, word.data);
	}
}
