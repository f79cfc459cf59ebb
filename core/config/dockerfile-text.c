/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/dockerfile.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/suggest.h"

static const char *const instructions[] = {
	"ADD",        "ARG",     "CMD",     "COPY",        "ENTRYPOINT",
	"ENV",        "EXPOSE",  "FROM",    "HEALTHCHECK", "LABEL",
	"MAINTAINER", "ONBUILD", "RUN",     "SHELL",       "STOPSIGNAL",
	"USER",       "VOLUME",  "WORKDIR", NULL,
};

struct reader {
	struct arena *a;
	const char *at;
	int number; /* of the line at `at` */
	char escape;
	const char *why;
};

static const char *skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t' || *s == '\r')
		s++;
	return s;
}

/* The next line without its newline, in the arena; NULL at the end. */
static char *next_line(struct reader *r)
{
	size_t len = strcspn(r->at, "\n");
	char *line;

	if (!*r->at)
		return NULL;
	line = arena_memdup0(r->a, r->at, len);
	r->at += len + (r->at[len] == '\n');
	r->number++;
	if (len && line[len - 1] == '\r')
		line[len - 1] = '\0';
	return line;
}

/* The next of the directives at the very top ("# escape=`"): its name and value,
 * up to the end of the line; false: there are no more. */
struct directive {
	const char *name, *value;
	size_t name_len, value_len;
};

static bool next_directive(const char **text, struct directive *d)
{
	const char *s = skip_blanks(*text);

	if (*s != '#')
		return false;
	d->name = s = skip_blanks(s + 1);
	while (isalpha((unsigned char)*s))
		s++;
	d->name_len = (size_t)(s - d->name);
	s = skip_blanks(s);
	if (d->name_len == 0 || *s != '=')
		return false;
	d->value = skip_blanks(s + 1);
	d->value_len = strcspn(d->value, "\n");
	*text = d->value + d->value_len;
	*text += **text != '\0';
	return true;
}

static bool is_called(const struct directive *d, const char *name)
{
	return d->name_len == strlen(name) &&
	       strncasecmp(d->name, name, d->name_len) == 0;
}

static void read_directives(struct reader *r, const char *text)
{
	struct directive d;

	while (next_directive(&text, &d))
		if (is_called(&d, "escape"))
			r->escape = *d.value;
}

const char *dockerfile_directive(struct arena *a, const char *text,
				 const char *name)
{
	struct directive d;

	while (next_directive(&text, &d))
		if (is_called(&d, name))
			return arena_memdup0(a, d.value,
					     strcspn(d.value, " \t\r\n"));
	return NULL;
}

/* Cuts the escape character off the end of a line that goes on. */
static bool goes_on(const struct reader *r, char *line)
{
	size_t len = strlen(line);

	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	if (!len || line[len - 1] != r->escape)
		return false;
	line[len - 1] = '\0';
	return true;
}

static bool is_comment(const char *line)
{
	line = skip_blanks(line);
	return *line == '#';
}

/* A whole instruction, its lines joined; NULL at the end. */
static const char *next_logical(struct reader *r, int *number)
{
	AUTO_BUF struct buf all = BUF_INIT(BUF_FILE);
	bool more = true;
	char *line;

	while (more && (line = next_line(r))) {
		const char *s = skip_blanks(line);

		if (!*s || is_comment(line))
			continue;
		if (!all.len)
			*number = r->number;
		more = goes_on(r, line);
		buf_adds(&all, all.len ? line : s);
	}
	return all.len ? arena_strdup(r->a, all.data) : NULL;
}

/* The word of a heredoc at s ("<<-'EOF'"), or NULL; *end behind it. */
static char *heredoc_word(struct reader *r, const char *s, const char **end,
			  bool *strip)
{
	AUTO_BUF struct buf word = BUF_INIT(BUF_LINE);

	s += 2;
	*strip = *s == '-';
	s += *strip;
	if (!isalpha((unsigned char)*s) && !strchr("_'\"", *s))
		return NULL;
	while (isalnum((unsigned char)*s) || (*s && strchr("_'\"", *s))) {
		if (*s != '\'' && *s != '"')
			buf_addc(&word, *s);
		s++;
	}
	*end = s;
	return word.len ? arena_strdup(r->a, word.data) : NULL;
}

static int skip_heredoc(struct reader *r, const char *word, bool strip)
{
	const char *line;

	while ((line = next_line(r))) {
		while (strip && *line == '\t')
			line++;
		if (strcmp(line, word) == 0)
			return 0;
	}
	r->why = "unterminated heredoc";
	return -1;
}

static int skip_heredocs(struct reader *r, struct docker_line *l)
{
	const char *s = l->args;

	if (strcmp(l->name, "RUN") != 0 && strcmp(l->name, "COPY") != 0 &&
	    strcmp(l->name, "ADD") != 0)
		return 0;
	while ((s = strstr(s, "<<"))) {
		bool strip;
		const char *end = s + 2;
		const char *word = heredoc_word(r, s, &end, &strip);

		if (s[2] == '<')
			end = s + 3;
		else if (word && skip_heredoc(r, word, strip) < 0)
			return -1;
		l->heredocs += word != NULL;
		s = end;
	}
	return 0;
}

static bool is_known(const char *name)
{
	for (const char *const *i = instructions; *i; i++)
		if (strcmp(*i, name) == 0)
			return true;
	return false;
}

static const char *unknown_instruction(struct reader *r, int number,
				       const char *word)
{
	char *upper = arena_strdup(r->a, word);
	const char *nearest;

	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	nearest = suggest(upper, instructions);
	return arena_printf(r->a,
			    "dockerfile parse error on line %d: unknown "
			    "instruction: %s%s%s%s",
			    number, word, nearest ? " (did you mean " : "",
			    nearest ? nearest : "", nearest ? "?)" : "");
}

static const char *take_flags(struct reader *r, struct docker_line *l,
			      const char *s)
{
	s = skip_blanks(s);
	while (s[0] == '-' && s[1] == '-') {
		size_t len = strcspn(s, " \t");

		words_push(&l->flags, arena_memdup0(r->a, s + 2, len - 2));
		s = skip_blanks(s + len);
	}
	return s;
}

static struct docker_line *parse_line(struct reader *r, const char *text,
				      int number)
{
	size_t len = strcspn(text, " \t");
	char *name = arena_memdup0(r->a, text, len);
	struct docker_line *l = ARENA_NEW(r->a, struct docker_line);
	const char *as_written = arena_strdup(r->a, name);

	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	l->name = name;
	l->number = number;
	l->args = take_flags(r, l, text + len);
	if (!is_known(name))
		r->why = unknown_instruction(r, number, as_written);
	else if (!*l->args && !l->flags.len)
		r->why = arena_printf(r->a,
				      "dockerfile parse error on line %d: %s "
				      "requires at least one argument",
				      number, name);
	return l;
}

struct docker_line *dockerfile_lines(struct arena *a, const char *text,
				     char *escape, const char **why)
{
	struct reader r = {.a = a, .at = text, .escape = '\\'};
	struct docker_line *first = NULL, **last = &first;
	const char *logical;
	int number = 0;

	read_directives(&r, text);
	while (!r.why && (logical = next_logical(&r, &number))) {
		*last = parse_line(&r, logical, number);
		if (!r.why)
			skip_heredocs(&r, *last);
		last = &(*last)->next;
	}
	if (!first && !r.why)
		r.why = "file with no instructions";
	*escape = r.escape;
	*why = r.why;
	return first;
}

void dockerfile_lines_clear(struct docker_line *first)
{
	for (; first; first = first->next)
		words_clear(&first->flags);
}

const char *dockerfile_flag(const struct docker_line *l, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < l->flags.len; i++)
		if (strncmp(l->flags.ptr[i], name, len) == 0 &&
		    l->flags.ptr[i][len] == '=')
			return l->flags.ptr[i] + len + 1;
	return NULL;
}
