/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "config/dockerfile.h"
#include "data/json.h"

#define NESTED_MAX 20

struct word {
	struct arena *a;
	const char *s;
	char escape;
	const struct vars *vars;
	struct buf out;
};

static const char *value_of(const struct word *w, const char *name)
{
	const char *value = vars_get(w->vars, name);

	return value ? value : "";
}

/* The modifier of ${NAME:-word}, up to the brace that closes it. */
static const char *take_modifier(struct word *w, const char **text)
{
	const char *start = w->s;
	int open = 1;

	for (; *w->s; w->s++) {
		if (*w->s == '{' && ++open > NESTED_MAX)
			return "substitution nested too deeply";
		if (*w->s == '}' && --open == 0)
			break;
	}
	if (!*w->s)
		return "unexpected end of statement while looking for "
		       "matching }";
	*text = arena_memdup0(w->a, start, (size_t)(w->s - start));
	w->s++;
	return NULL;
}

/* ${NAME}, ${NAME:-default}, ${NAME:+other} and both without the colon. */
static const char *take_braces(struct word *w, const char *name)
{
	const char *value = value_of(w, name), *text, *why;
	bool colon = *w->s == ':', given;
	char how;

	if (*w->s == '}') {
		w->s++;
		buf_adds(&w->out, value);
		return NULL;
	}
	w->s += colon;
	how = *w->s;
	if (how != '-' && how != '+')
		return "unsupported modifier in substitution";
	w->s++;
	why = take_modifier(w, &text);
	why = why ? why
		  : dockerfile_word(w->a, text, w->escape, w->vars, &text);
	if (why)
		return why;
	given = colon ? *value != '\0' : vars_get(w->vars, name) != NULL;
	if (how == '-')
		buf_adds(&w->out, given ? value : text);
	else if (given)
		buf_adds(&w->out, text);
	return NULL;
}

static const char *take_variable(struct word *w)
{
	const char *start;
	bool braces = w->s[1] == '{';
	const char *name;

	w->s += braces ? 2 : 1;
	start = w->s;
	while (isalnum((unsigned char)*w->s) || *w->s == '_')
		w->s++;
	name = arena_memdup0(w->a, start, (size_t)(w->s - start));
	if (braces)
		return *name ? take_braces(w, name) : "bad substitution";
	if (!*name)
		buf_addc(&w->out, '$');
	else
		buf_adds(&w->out, value_of(w, name));
	return NULL;
}

static const char *take_double_quoted(struct word *w)
{
	const char *why = NULL;

	w->s++;
	while (*w->s && *w->s != '"' && !why) {
		if (*w->s == '$') {
			why = take_variable(w);
			continue;
		}
		if (*w->s == w->escape && w->s[1] &&
		    (w->s[1] == '"' || w->s[1] == '$' || w->s[1] == w->escape))
			w->s++;
		buf_addc(&w->out, *w->s++);
	}
	if (!why && !*w->s)
		return "unexpected end of statement while looking for "
		       "matching double-quote";
	w->s += !why;
	return why;
}

static const char *take_single_quoted(struct word *w)
{
	const char *end = strchr(w->s + 1, '\'');

	if (!end)
		return "unexpected end of statement while looking for "
		       "matching single-quote";
	buf_add(&w->out, w->s + 1, (size_t)(end - w->s - 1));
	w->s = end + 1;
	return NULL;
}

static const char *take_word(struct word *w)
{
	const char *why = NULL;

	while (*w->s && !why) {
		if (*w->s == '\'') {
			why = take_single_quoted(w);
		} else if (*w->s == '"') {
			why = take_double_quoted(w);
		} else if (*w->s == '$') {
			why = take_variable(w);
		} else {
			if (*w->s == w->escape && w->s[1])
				w->s++;
			buf_addc(&w->out, *w->s++);
		}
	}
	return why;
}

const char *dockerfile_word(struct arena *a, const char *text, char escape,
			    const struct vars *vars, const char **out)
{
	struct word w = {.a = a,
			 .s = text,
			 .escape = escape,
			 .vars = vars,
			 .out = BUF_INIT(BUF_MESSAGE)};
	const char *why = take_word(&w);

	*out = arena_strdup(a, w.out.data);
	buf_clear(&w.out);
	return why;
}

/* ["a", "b"], or false where it is no such list. */
static bool split_json(struct arena *a, const char *args, struct words *out)
{
	AUTO_JSON struct cJSON *list = json_parse(args, strlen(args), NULL);

	for (const struct cJSON *c = json_first(list); c; c = json_next(c)) {
		if (!json_str(c) || json_key(c)) {
			out->len = 0;
			return false;
		}
		words_push(out, arena_strdup(a, json_str(c)));
	}
	return list && out->len;
}

void dockerfile_split(struct arena *a, const char *args, struct words *out)
{
	if (*args == '[' && split_json(a, args, out))
		return;
	while (*args) {
		size_t len = strcspn(args, " \t");

		if (len)
			words_push(out, arena_memdup0(a, args, len));
		args += len;
		args += strspn(args, " \t");
	}
}
