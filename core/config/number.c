/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *wrong(struct arena *a, const char *parser, const char *text,
			 const char *why)
{
	return arena_printf(a, "strconv.%s: parsing \"%s\": %s", parser, text,
			    why);
}

const char *number_uint(struct arena *a, const char *text, uint64_t max,
			uint64_t *out)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long long n;

	if (!digits || text[digits])
		return wrong(a, "ParseUint", text, "invalid syntax");
	errno = 0;
	n = strtoull(text, NULL, 10);
	if (errno || n > max)
		return wrong(a, "ParseUint", text, "value out of range");
	*out = n;
	return NULL;
}

/* strtod takes more than the language does: spaces in front, nan(...),
 * hexadecimal numbers without an exponent. */
static bool is_float(const char *text)
{
	bool hex = strpbrk(text, "xX") != NULL;

	if (!*text || isspace((unsigned char)*text) || strchr(text, '('))
		return false;
	/* "-nan" */
	if (strchr("+-", *text) && strchr("nN", text[1]))
		return false;
	return !hex || strpbrk(text, "pP");
}

const char *number_double(struct arena *a, const char *text, double *out)
{
	char *end;
	double n;

	n = is_float(text) ? strtod(text, &end) : 0;
	if (!is_float(text) || *end)
		return wrong(a, "ParseFloat", text, "invalid syntax");
	if (isinf(n) && !strpbrk(text, "iI"))
		return wrong(a, "ParseFloat", text, "value out of range");
	*out = n;
	return NULL;
}

const char *number_float(struct arena *a, const char *text, float *out)
{
	double n;
	const char *why = number_double(a, text, &n);

	if (why)
		return why;
	*out = strtof(text, NULL);
	if (isinf(*out) && !isinf(n))
		return wrong(a, "ParseFloat", text, "value out of range");
	return NULL;
}

/* Splits lower-cased text behind its last digit. */
static const char *split(struct arena *a, const char *text, char **unit,
			 uint64_t *n)
{
	char *lower = arena_strdup(a, text);
	size_t end = 0;

	for (size_t i = 0; lower[i]; i++) {
		lower[i] = (char)tolower((unsigned char)lower[i]);
		if (isdigit((unsigned char)lower[i]))
			end = i + 1;
	}
	*unit = arena_strdup(a, lower + end);
	lower[end] = '\0';
	return number_uint(a, lower, UINT32_MAX, n);
}

struct unit {
	const char *name;
	uint32_t factor;
};

static const struct unit *unit_find(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (strcmp(units->name, name) == 0)
			return units;
	return NULL;
}

const char *number_memory(struct arena *a, const char *text, uint32_t *mib)
{
	static const struct unit units[] = {
		{"", 1},     {"m", 1},     {"mb", 1},    {"mi", 1},
		{"g", 1024}, {"gb", 1024}, {"gi", 1024}, {NULL, 0}};
	const struct unit *unit;
	char *suffix;
	uint64_t n;
	const char *why = split(a, text, &suffix, &n);

	if (why)
		return why;
	unit = unit_find(units, suffix);
	if (!unit)
		return arena_printf(
			a,
			"unsupported digital information unit suffix: \"%s\"",
			suffix);
	*mib = (uint32_t)n * unit->factor;
	if (!*suffix && n < 100)
		*mib = (uint32_t)n * 1024;
	return NULL;
}

const char *number_duration(struct arena *a, const char *text,
			    uint32_t *seconds)
{
	static const struct unit units[] = {
		{"", 60}, {"m", 60}, {"h", 3600}, {"s", 1}, {NULL, 0}};
	const struct unit *unit;
	char *suffix;
	uint64_t n;
	const char *why = split(a, text, &suffix, &n);

	if (why)
		return why;
	unit = unit_find(units, suffix);
	if (!unit)
		return arena_printf(a, "unsupported time unit suffix: \"%s\"",
				    suffix);
	*seconds = (uint32_t)n * unit->factor;
	return NULL;
}
