/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/scalar.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer numbers are no numbers to anybody. */
#define NUMBER_MAX 128

static const struct {
	const char *text;
	enum scalar_type type;
} words[] = {
	{"", SCALAR_NULL},       {"~", SCALAR_NULL},
	{"null", SCALAR_NULL},   {"Null", SCALAR_NULL},
	{"NULL", SCALAR_NULL},   {"true", SCALAR_BOOL},
	{"True", SCALAR_BOOL},   {"TRUE", SCALAR_BOOL},
	{"false", SCALAR_BOOL},  {"False", SCALAR_BOOL},
	{"FALSE", SCALAR_BOOL},  {"<<", SCALAR_MERGE},
	{".nan", SCALAR_FLOAT},  {".NaN", SCALAR_FLOAT},
	{".NAN", SCALAR_FLOAT},  {".inf", SCALAR_FLOAT},
	{".Inf", SCALAR_FLOAT},  {".INF", SCALAR_FLOAT},
	{"+.inf", SCALAR_FLOAT}, {"+.Inf", SCALAR_FLOAT},
	{"+.INF", SCALAR_FLOAT}, {"-.inf", SCALAR_FLOAT},
	{"-.Inf", SCALAR_FLOAT}, {"-.INF", SCALAR_FLOAT},
};

/* Up to `max` digits, at least `min`; returns how many, 0 where too few. */
static size_t digits(const char *s, size_t min, size_t max)
{
	size_t n = 0;

	while (n < max && isdigit((unsigned char)s[n]))
		n++;
	return n >= min ? n : 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Moves *s over YYYY-M-D where that is a day of the calendar. */
static bool eat_date(const char **s)
{
	const char *p = *s;
	int year = atoi(p), month, day;
	size_t n;

	if (digits(p, 4, 4) != 4 || p[4] != '-')
		return false;
	p += 5;
	month = atoi(p);
	n = digits(p, 1, 2);
	if (!n || p[n] != '-' || month < 1 || month > 12)
		return false;
	p += n + 1;
	day = atoi(p);
	n = digits(p, 1, 2);
	if (!n || day < 1 || day > days_in_month(year, month))
		return false;
	*s = p + n;
	return true;
}

/* Moves *s over h:m:s[.frac]. */
static bool eat_time(const char **s)
{
	static const int limits[] = {23, 59, 59};
	const char *p = *s;

	for (int i = 0; i < 3; i++) {
		size_t n = digits(p, 1, 2);

		if (!n || atoi(p) > limits[i] || (i < 2 && p[n] != ':'))
			return false;
		p += n + (i < 2);
	}
	if (*p == '.') {
		size_t n = digits(p + 1, 1, SIZE_MAX);

		if (!n)
			return false;
		p += n + 1;
	}
	*s = p;
	return true;
}

static bool is_zone(const char *s)
{
	if (strcmp(s, "Z") == 0)
		return true;
	return (*s == '+' || *s == '-') && digits(s + 1, 2, 2) && s[3] == ':' &&
	       digits(s + 4, 2, 2) && !s[6];
}

static bool is_timestamp(const char *s)
{
	if (!eat_date(&s))
		return false;
	if (!*s)
		return true;
	if (*s == 'T' || *s == 't') {
		s++;
		return eat_time(&s) && is_zone(s);
	}
	return *s++ == ' ' && eat_time(&s) && !*s;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? within double range. */
static bool is_float(const char *text)
{
	const char *s = text;
	size_t whole, fraction = 0, n;

	s += *s == '+' || *s == '-';
	whole = digits(s, 0, SIZE_MAX);
	s += whole;
	if (*s == '.') {
		fraction = digits(s + 1, 0, SIZE_MAX);
		s += fraction + 1;
	}
	if (!whole && !fraction)
		return false;
	if (*s == 'e' || *s == 'E') {
		s += s[1] == '+' || s[1] == '-' ? 2 : 1;
		n = digits(s, 1, SIZE_MAX);
		if (!n)
			return false;
		s += n;
	}
	return !*s && isfinite(strtod(text, NULL));
}

/* All of s as digits of the base, within 64 bits. */
static bool is_digits(const char *s, int base)
{
	char *end;

	if (!isalnum((unsigned char)*s))
		return false;
	errno = 0;
	strtoull(s, &end, base);
	return !*end && errno == 0;
}

static bool is_int(const char *s)
{
	static const struct {
		const char *prefix;
		int base;
	} bases[] = {{"0x", 16}, {"0X", 16}, {"0b", 2},
		     {"0B", 2},  {"0o", 8},  {"0O", 8}};

	s += *s == '+' || *s == '-';
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (strncmp(s, bases[i].prefix, 2) == 0)
			return is_digits(s + 2, bases[i].base);
	if (*s == '0' && s[1])
		return is_digits(s + 1, 8);
	return isdigit((unsigned char)*s) && is_digits(s, 10);
}

/* The text without its underscores; false where it is too long for a number. */
static bool without_underscores(const char *text, char out[NUMBER_MAX])
{
	size_t n = 0;

	for (; *text; text++) {
		if (*text == '_')
			continue;
		if (n + 1 == NUMBER_MAX)
			return false;
		out[n++] = *text;
	}
	out[n] = '\0';
	return true;
}

enum scalar_type scalar_resolve(const char *text)
{
	char number[NUMBER_MAX];

	/* almost everything is a word that means nothing but itself */
	if (*text && !strchr("~nNtTfF<+-.0123456789", *text))
		return SCALAR_STRING;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].text, text) == 0)
			return words[i].type;
	if (!strchr("+-.0123456789", *text))
		return SCALAR_STRING;
	if (*text == '.')
		return is_float(text) ? SCALAR_FLOAT : SCALAR_STRING;
	if (is_timestamp(text))
		return SCALAR_TIMESTAMP;
	if (!without_underscores(text, number))
		return SCALAR_STRING;
	if (is_int(number))
		return SCALAR_INT;
	return is_float(number) ? SCALAR_FLOAT : SCALAR_STRING;
}
