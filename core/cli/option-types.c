/* SPDX-License-Identifier: MIT */
/* The types that options have. */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/suggest.h"
#include "cli/options.h"

static int wrong(const struct option *o, const char *value, const char *wanted,
		 struct error **err)
{
	return error_set(err, ERR_USAGE, "--%s: \"%s\" is not %s", o->name,
			 value, wanted);
}

/* --- texts ----------------------------------------------------------------- */

static int set_text(const struct option *o, const char *value, void *field,
		    struct error **err)
{
	if (!*value)
		return wrong(o, value, o->arg, err);
	*(const char **)field = value;
	return 0;
}

static int set_list(const struct option *o UNUSED, const char *value,
		    void *field, struct error **err UNUSED)
{
	strv_push(field, value);
	return 0;
}

static int set_commas(const struct option *o UNUSED, const char *value,
		      void *field, struct error **err UNUSED)
{
	strv_split(field, value, ',');
	return 0;
}

static void clear_list(void *field)
{
	strv_clear(field);
}

/* --- choices --------------------------------------------------------------- */

static int set_flag(const struct option *o, const char *value, void *field,
		    struct error **err)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{"true", true},   {"1", true},  {"yes", true},
		{"false", false}, {"0", false}, {"no", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(words[i].word, value) == 0) {
			*(bool *)field = words[i].value;
			return 0;
		}
	return wrong(o, value, "true or false", err);
}

static int set_flag_off(const struct option *o, const char *value, void *field,
			struct error **err)
{
	bool given;

	if (set_flag(o, value, &given, err) < 0)
		return -1;
	*(bool *)field = !given;
	return 0;
}

static int set_choice(const struct option *o, const char *value, void *field,
		      struct error **err)
{
	AUTO_BUF struct buf list = BUF_INIT(BUF_LINE);
	const char *near = suggest(value, o->choices);

	for (int i = 0; o->choices[i]; i++) {
		if (strcmp(o->choices[i], value) == 0) {
			*(int *)field = i;
			return 0;
		}
		buf_addf(&list, "%s%s", i > 0 ? ", " : "", o->choices[i]);
	}
	error_set(err, ERR_USAGE, "--%s: unknown value \"%s\", not one of: %s",
		  o->name, value, list.data);
	if (near)
		error_hint(err, "did you mean %s?", near);
	return -1;
}

/* --- numbers --------------------------------------------------------------- */

static int set_count(const struct option *o, const char *value, void *field,
		     struct error **err)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (errno || end == value || *end || n < 1 || n > INT_MAX)
		return wrong(o, value, "a number from 1 on", err);
	*(int *)field = (int)n;
	return 0;
}

/* A decimal number, without sign or exponent, at *text, which is moved behind
 * it; -1: there is none. */
static int take_number(const char **text, double *number)
{
	char digits[32], *end;
	size_t n = strspn(*text, "0123456789.");

	if (n == 0 || n >= sizeof(digits))
		return -1;
	memcpy(digits, *text, n);
	digits[n] = '\0';
	*number = strtod(digits, &end);
	*text += n;
	return *end ? -1 : 0;
}

struct unit {
	const char *name;
	double size;
};

/* The unit that text begins with; the longest of them wins. */
static const struct unit *take_unit(const char **text, const struct unit *units)
{
	const struct unit *found = NULL;

	for (const struct unit *u = units; u->name; u++)
		if (strncasecmp(*text, u->name, strlen(u->name)) == 0 &&
		    (!found || strlen(u->name) > strlen(found->name)))
			found = u;
	if (found)
		*text += strlen(found->name);
	return found;
}

/* 2^62: room for sums, and what a double holds without trouble. */
#define LARGEST 4611686018427387904.0

int option_parse_duration(const char *text, int64_t *ns)
{
	static const struct unit units[] = {
		{"ms", 1e6},    {"s", 1e9},         {"m", 60e9}, {"h", 3600e9},
		{"d", 86400e9}, {"w", 7 * 86400e9}, {NULL, 0},
	};
	double sum = 0;

	if (!*text)
		return -1;
	while (*text) {
		const struct unit *u;
		double n;

		if (take_number(&text, &n) < 0)
			return -1;
		u = take_unit(&text, units);
		if (!u)
			return -1;
		sum += n * u->size;
	}
	if (sum <= 0 || sum >= LARGEST)
		return -1;
	*ns = (int64_t)sum;
	return 0;
}

int option_parse_bytes(const char *text, int64_t *bytes)
{
	/* powers of 1024, and a bare small number in GiB, as the language has
	 * them for memory */
	static const struct unit units[] = {
		{"", 1048576},       {"b", 1},
		{"k", 1024},         {"kb", 1024},
		{"kib", 1024},       {"m", 1048576},
		{"mb", 1048576},     {"mib", 1048576},
		{"g", 1073741824},   {"gb", 1073741824},
		{"gib", 1073741824}, {NULL, 0},
	};
	const struct unit *u;
	double n;

	if (take_number(&text, &n) < 0)
		return -1;
	u = take_unit(&text, units);
	n *= !*u->name && n < 100 ? 1073741824 : u->size;
	if (*text || n < 1 || n >= LARGEST)
		return -1;
	*bytes = (int64_t)n;
	return 0;
}

static int set_cpus(const struct option *o, const char *value, void *field,
		    struct error **err)
{
	const char *end = value;
	double n;

	if (take_number(&end, &n) < 0 || *end || n <= 0 || n > 1e6)
		return wrong(o, value, "a number of CPUs, such as 1.5", err);
	*(int64_t *)field = (int64_t)(n * 1e9 + 0.5);
	return 0;
}

static int set_bytes(const struct option *o, const char *value, void *field,
		     struct error **err)
{
	if (option_parse_bytes(value, field) < 0)
		return wrong(o, value, "a size, such as 512M or 4G", err);
	return 0;
}

static int set_duration(const struct option *o, const char *value, void *field,
			struct error **err)
{
	if (option_parse_duration(value, field) < 0)
		return wrong(o, value, "a duration, such as 90s, 1h30m or 7d",
			     err);
	return 0;
}

const struct option_type OPTION_TEXT = {.set = set_text};
const struct option_type OPTION_FLAG_OFF = {.set = set_flag_off, .flag = true};
const struct option_type OPTION_FLAG = {.set = set_flag, .flag = true};
const struct option_type OPTION_LIST = {.set = set_list, .clear = clear_list};
const struct option_type OPTION_COMMAS = {.set = set_commas,
					  .clear = clear_list};
const struct option_type OPTION_COUNT = {.set = set_count};
const struct option_type OPTION_CHOICE = {.set = set_choice};
const struct option_type OPTION_CPUS = {.set = set_cpus};
const struct option_type OPTION_BYTES = {.set = set_bytes};
const struct option_type OPTION_DURATION = {.set = set_duration};
