/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/options.h"

#include <ctype.h>
#include <string.h>

#include "base/suggest.h"

void parsed_clear(struct parsed *p)
{
	strv_clear(&p->operands);
	strv_clear(&p->notes);
}

static void *field_of(const struct option *o, void *values)
{
	return (char *)values + o->at;
}

static const struct option *find_long(const struct option *table,
				      const char *name, size_t len)
{
	for (const struct option *o = table; o->name; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static const struct option *find_letter(const struct option *table, char letter)
{
	for (const struct option *o = table; o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static int unknown_long(const struct option *table, const char *name,
			size_t len, struct error **err)
{
	AUTO_FREE char *word = xmemdup0(name, len);
	AUTO_STRV struct strv names = {0};
	const char *near;

	error_set(err, ERR_USAGE, "unknown option --%s", word);
	strv_push(&names, "help");
	for (const struct option *o = table; o->name; o++)
		strv_push(&names, o->name);
	near = suggest(word, (const char *const *)names.v);
	if (near)
		error_hint(err, "did you mean --%s?", near);
	return -1;
}

static int apply(const struct option *o, const char *value, void *values,
		 struct parsed *p, struct error **err)
{
	if (o->type->set(o, value, field_of(o, values), err) < 0)
		return -1;
	if (o->note)
		strv_pushf(&p->notes, "--%s %s", o->name, o->note);
	return 0;
}

static int no_value(const struct option *o, struct error **err)
{
	return error_set(err, ERR_USAGE, "option --%s needs a value: %s",
			 o->name, o->arg);
}

/* --name, --name=value, --name value, --no-name; *argv is left at the last
 * argument that was used. */
static int parse_long(const struct option *table, const char *const **argv,
		      void *values, struct parsed *p, struct error **err)
{
	const char *name = **argv + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct option *o = find_long(table, name, len);

	if (!o && !value && str_starts(name, "no-")) {
		o = find_long(table, name + 3, len - 3);
		if (o && o->type->flag)
			return apply(o, "false", values, p, err);
		o = NULL;
	}
	if (!o && len == 4 && strncmp(name, "help", len) == 0) {
		p->help = true;
		return 0;
	}
	if (!o)
		return unknown_long(table, name, len, err);
	if (value)
		return apply(o, value + 1, values, p, err);
	if (o->type->flag)
		return apply(o, "true", values, p, err);
	if (!(*argv)[1])
		return no_value(o, err);
	return apply(o, *++*argv, values, p, err);
}

/* -abc, -fvalue, -f=value, -f value. */
static int parse_letters(const struct option *table, const char *const **argv,
			 void *values, struct parsed *p, struct error **err)
{
	for (const char *c = **argv + 1; *c; c++) {
		const struct option *o = find_letter(table, *c);

		if (!o && *c == 'h') {
			p->help = true;
			continue;
		}
		if (!o)
			return error_set(err, ERR_USAGE, "unknown option -%c",
					 *c);
		if (c[1] == '=')
			return apply(o, c + 2, values, p, err);
		if (o->type->flag) {
			if (apply(o, "true", values, p, err) < 0)
				return -1;
			continue;
		}
		if (c[1])
			return apply(o, c + 1, values, p, err);
		if (!(*argv)[1])
			return no_value(o, err);
		return apply(o, *++*argv, values, p, err);
	}
	return 0;
}

int options_parse(const struct option *table, const char *const *argv,
		  void *values, struct parsed *p, struct error **err)
{
	bool ended = false;
	int r = 0;

	for (; *argv && r == 0; argv++) {
		if (ended || (*argv)[0] != '-' || !(*argv)[1])
			strv_push(&p->operands, *argv);
		else if (strcmp(*argv, "--") == 0)
			ended = true;
		else if ((*argv)[1] == '-')
			r = parse_long(table, &argv, values, p, err);
		else
			r = parse_letters(table, &argv, values, p, err);
	}
	return r;
}

void options_clear(const struct option *table, void *values)
{
	for (const struct option *o = table; o->name; o++)
		if (o->type->clear)
			o->type->clear(field_of(o, values));
}

/* --- help ------------------------------------------------------------------ */

#define HELP_COLUMN 30
#define HELP_WIDTH  79

/* Words of text from column HELP_COLUMN on, broken before HELP_WIDTH. */
static void print_wrapped(const char *text, int column, FILE *to)
{
	while (*text) {
		int word = (int)strcspn(text, " ");

		if (column + 1 + word > HELP_WIDTH) {
			fprintf(to, "\n%*s", HELP_COLUMN - 1, "");
			column = HELP_COLUMN - 1;
		}
		fprintf(to, " %.*s", word, text);
		column += 1 + word;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', to);
}

static void print_option(const struct option *o, FILE *to)
{
	char letter[8] = "    ";
	int column;

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	column = fprintf(to, "  %s--%s%s%s", letter, o->name, o->arg ? " " : "",
			 o->arg ? o->arg : "");
	if (column >= HELP_COLUMN - 1) {
		fputc('\n', to);
		column = 0;
	}
	column += fprintf(to, "%*s", HELP_COLUMN - 1 - column, "");
	print_wrapped(o->note && !o->help ? o->note : o->help, column, to);
}

void options_print(const struct option *table, FILE *to)
{
	static const struct option help = {
		.name = "help", .letter = 'h', .help = "print this help"};
	bool any_old = false;

	fputs("Options:\n", to);
	for (const struct option *o = table; o->name; o++) {
		if (!o->old)
			print_option(o, to);
		any_old |= o->old;
	}
	print_option(&help, to);
	if (!any_old)
		return;
	fputs("\nOptions of the old CLI:\n", to);
	for (const struct option *o = table; o->name; o++)
		if (o->old)
			print_option(o, to);
}
