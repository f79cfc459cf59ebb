/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/choose.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

static bool is(choose_getenv *get, const char *name, const char *value)
{
	const char *v = get(name);

	return v && strcmp(v, value) == 0;
}

static bool is_set(choose_getenv *get, const char *name)
{
	const char *v = get(name);

	return v && *v;
}

/* The format of the CI system that we run in, or NULL. */
static const char *ci_format(choose_getenv *get)
{
	static const struct {
		const char *name, *value, *format; /* value NULL: any */
	} systems[] = {
		{"TRAVIS", "true", "travis"},
		{"GITHUB_ACTIONS", "true", "github-actions"},
		{"TEAMCITY_VERSION", NULL, "teamcity"},
		{"CI", "true", "simple"},
	};

	for (size_t i = 0; i < ARRAY_LEN(systems); i++)
		if (systems[i].value
			    ? is(get, systems[i].name, systems[i].value)
			    : get(systems[i].name) != NULL)
			return systems[i].format;
	return NULL;
}

const char *choose_format(bool terminal, choose_getenv *get)
{
	const char *format = ci_format(get);

	if (format)
		return format;
	return terminal && !is(get, "TERM", "dumb") ? "interactive" : "simple";
}

bool choose_color(bool terminal, choose_getenv *get)
{
	if (is_set(get, "NO_COLOR"))
		return false;
	if (is_set(get, "CLICOLOR_FORCE") && !is(get, "CLICOLOR_FORCE", "0"))
		return true;
	if (is(get, "TERM", "dumb"))
		return false;
	return terminal || ci_format(get);
}
