/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/regex.h"

#include <ctype.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT   1000000
#define PATTERN_LIMIT 65536
#define NESTING_LIMIT 250

/* The first construct in a group's head that RE2 has not: all of (?...) but
 * (?:, (?P<name>, (?<name> and flags. */
static bool is_foreign_group(const char *s)
{
	if (s[0] == '*')
		return true;
	if (s[0] != '?')
		return false;
	s++;
	if (s[0] == 'P')
		return s[1] != '<';
	if (s[0] == '<')
		return s[1] == '=' || s[1] == '!';
	while (*s && strchr("imsU-", *s))
		s++;
	return *s != ':' && *s != ')';
}

/* \Q..\E, \A, \z, \b, \d, \pL and friends are in both. */
static bool is_foreign_escape(char c)
{
	return (isdigit((unsigned char)c) && c != '0') ||
	       (c && strchr("gkKGRXHhNVZ", c));
}

static bool is_repeat(const char *s)
{
	return *s == '*' || *s == '+' || *s == '?';
}

/* Moves over a character class, whose contents mean the same to both. */
static const char *class_end(const char *s)
{
	s++;
	if (*s == '^')
		s++;
	if (*s == ']')
		s++;
	while (*s && *s != ']') {
		if (s[0] == '[' && s[1] == ':' && strstr(s, ":]"))
			s = strstr(s, ":]") + 1;
		if (*s == '\\' && s[1])
			s++;
		s++;
	}
	return s;
}

/* What in the pattern RE2 does not have, or NULL. */
static const char *foreign(const char *s)
{
	for (; *s; s++) {
		if (*s == '\\') {
			s++;
			if (is_foreign_escape(*s))
				return "invalid escape sequence";
			if (!*s)
				return "trailing backslash at end of expression";
		} else if (*s == '[') {
			s = class_end(s);
			if (!*s)
				return "missing closing ]";
		} else if (*s == '(' && is_foreign_group(s + 1)) {
			return "invalid or unsupported Perl syntax";
		} else if ((is_repeat(s) || *s == '}') &&
			   (s[1] == '+' || s[1] == '*' ||
			    (is_repeat(s) && s[1] == '?' &&
			     is_repeat(s + 2)))) {
			return "invalid nested repetition operator";
		}
	}
	return NULL;
}

static pcre2_code *compile(const char *pattern, int flags, int *code)
{
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
			   PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
	pcre2_compile_context *ctx = pcre2_compile_context_create(NULL);
	PCRE2_SIZE at;
	pcre2_code *re;

	if (flags & REGEX_DOTALL)
		options |= PCRE2_DOTALL;
	if (flags & REGEX_CASELESS)
		options |= PCRE2_CASELESS;
	pcre2_set_max_pattern_length(ctx, PATTERN_LIMIT);
	pcre2_set_parens_nest_limit(ctx, NESTING_LIMIT);
	re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options,
			   code, &at, ctx);
	pcre2_compile_context_free(ctx);
	return re;
}

static int match(const pcre2_code *re, const char *text)
{
	pcre2_match_context *ctx = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int r;

	pcre2_set_match_limit(ctx, MATCH_LIMIT);
	pcre2_set_depth_limit(ctx, MATCH_LIMIT);
	r = pcre2_match(re, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, 0, data,
			ctx);
	pcre2_match_data_free(data);
	pcre2_match_context_free(ctx);
	return r;
}

static const char *parse_error(struct arena *a, const char *why,
			       const char *pattern)
{
	return arena_printf(a, "error parsing regexp: %s: `%s`", why, pattern);
}

const char *regex_match(struct arena *a, const char *pattern, int flags,
			const char *text, bool *matches, bool *broken)
{
	const char *why = foreign(pattern);
	char words[128];
	pcre2_code *re;
	int code;

	*broken = true;
	if (why)
		return parse_error(a, why, pattern);
	re = compile(pattern, flags, &code);
	if (!re) {
		pcre2_get_error_message(code, (PCRE2_UCHAR *)words,
					sizeof(words));
		return parse_error(a, words, pattern);
	}
	*broken = false;
	code = match(re, text);
	pcre2_code_free(re);
	*matches = code >= 0;
	if (code >= 0 || code == PCRE2_ERROR_NOMATCH)
		return NULL;
	return arena_printf(a, "matching takes too long: `%s`", pattern);
}
