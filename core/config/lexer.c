/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/lexer.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void lexer_init(struct lexer *l, const char *text)
{
	*l = (struct lexer){text, 1, 1};
}

static void advance(struct lexer *l)
{
	/* columns count characters: bytes that continue one do not */
	if (*l->at == '\n') {
		l->line++;
		l->column = 1;
	} else if (((unsigned char)l->at[1] & 0xc0) != 0x80) {
		l->column++;
	}
	l->at++;
}

static void advance_to(struct lexer *l, const char *end)
{
	while (l->at < end)
		advance(l);
}

static const char *comment_end(const char *s)
{
	const char *end = NULL;

	if (s[0] != '/')
		return NULL;
	if (s[1] == '/')
		return s + strcspn(s, "\n");
	if (s[1] == '*')
		end = strstr(s + 2, "*/");
	return end ? end + 2 : NULL;
}

static void skip_blanks(struct lexer *l)
{
	for (;;) {
		const char *end = comment_end(l->at);

		if (end)
			advance_to(l, end);
		else if (*l->at && strchr(" \t\r\n", *l->at))
			advance(l);
		else
			return;
	}
}

/* Any byte of a character beyond ASCII counts as a letter. */
static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 128;
}

static const char *name_end(const char *s)
{
	while (is_letter(*s) || isdigit((unsigned char)*s))
		s++;
	return s;
}

static const char *number_end(const char *s)
{
	while (isalnum((unsigned char)*s) || *s == '.' || *s == '_')
		s++;
	return s;
}

/* The end of a quoted string; NULL where a newline or the end comes first. */
static const char *string_end(const char *s)
{
	char quote = *s++;

	for (; *s && *s != '\n'; s++) {
		if (*s == '\\' && s[1])
			s++;
		else if (*s == quote)
			return s + 1;
	}
	return NULL;
}

static const char *operator_end(const char *s)
{
	static const char *const operators[] = {
		"!=~", "&&", "||", "==", "!=", "=~", "!"};

	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (strncmp(s, operators[i], strlen(operators[i])) == 0)
			return s + strlen(operators[i]);
	return NULL;
}

static const char *other_end(const char *s)
{
	s++;
	while (((unsigned char)*s & 0xc0) == 0x80)
		s++;
	return s;
}

static const char *find_end(const char *s, enum token_kind *kind)
{
	const char *end;

	if (*s == '"' || *s == '\'' || *s == '`') {
		end = *s == '`' ? strchr(s + 1, '`') : string_end(s);
		if (end && *s == '`') {
			*kind = TOKEN_RAW;
			return end + 1;
		}
		*kind = end ? TOKEN_STRING : TOKEN_BROKEN;
		return end ? end : s + strcspn(s, "\n");
	}
	if (is_letter(*s)) {
		*kind = TOKEN_NAME;
		return name_end(s);
	}
	if (isdigit((unsigned char)*s) ||
	    (*s == '.' && isdigit((unsigned char)s[1]))) {
		*kind = TOKEN_NUMBER;
		return number_end(s);
	}
	end = operator_end(s);
	*kind = end ? TOKEN_OPERATOR : TOKEN_OTHER;
	return end ? end : other_end(s);
}

struct token lexer_next(struct lexer *l)
{
	struct token t = {TOKEN_END};

	skip_blanks(l);
	t.start = l->at;
	t.line = l->line;
	t.column = l->column;
	if (*l->at)
		advance_to(l, find_end(l->at, &t.kind));
	t.len = (size_t)(l->at - t.start);
	return t;
}

bool token_is(const struct token *t, const char *text)
{
	return t->kind != TOKEN_STRING && t->len == strlen(text) &&
	       strncmp(t->start, text, t->len) == 0;
}

const char *token_describe(const struct token *t, char out[16])
{
	static const char *const names[] = {
		[TOKEN_END] = "EOF",       [TOKEN_STRING] = "String",
		[TOKEN_BROKEN] = "String", [TOKEN_NAME] = "Ident",
		[TOKEN_NUMBER] = "Int",    [TOKEN_RAW] = "RawString",
	};

	if (t->kind < ARRAY_LEN(names))
		return names[t->kind];
	snprintf(out, 16, "\"%.*s\"", (int)(t->len < 8 ? t->len : 8), t->start);
	return out;
}
