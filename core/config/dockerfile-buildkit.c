/* SPDX-License-Identifier: MIT */
/* What the engine's classic builder refuses: docs.docker.com/reference/dockerfile
 * names the flags that need BuildKit. */
#include "config.h"

#include <string.h>

#include "base/strv.h"
#include "config/dockerfile.h"

/* Flags that any builder knows, by instruction. */
static const struct {
	const char *instruction, *flags[3];
} classic[] = {
	{"COPY", {"from", "chown"}},
	{"ADD", {"chown"}},
	{"RUN", {NULL}},
};

static bool is_classic(const char *flag, const char *const *known)
{
	for (; *known; known++)
		if (str_starts(flag, *known) && flag[strlen(*known)] == '=')
			return true;
	return false;
}

/* The first flag that is not classic; NULL: there is none. */
static const char *new_flag(const struct docker_line *l)
{
	for (size_t i = 0; i < ARRAY_LEN(classic); i++) {
		if (strcmp(classic[i].instruction, l->name) != 0)
			continue;
		for (size_t k = 0; k < l->flags.len; k++)
			if (!is_classic(l->flags.ptr[k], classic[i].flags))
				return l->flags.ptr[k];
	}
	return NULL;
}

/* FROM --platform=$BUILDPLATFORM: only BuildKit sets such variables. */
static bool asks_for_platform(const struct docker_line *l)
{
	const char *platform = strcmp(l->name, "FROM") == 0
				       ? dockerfile_flag(l, "platform")
				       : NULL;

	return platform && strchr(platform, '$') &&
	       (strstr(platform, "BUILD") || strstr(platform, "TARGET"));
}

static const char *look(struct arena *a, const struct docker_line *l)
{
	const char *flag = new_flag(l);

	if (flag)
		return arena_printf(a, "line %d: %s --%.*s", l->number, l->name,
				    (int)strcspn(flag, "="), flag);
	if (l->heredocs)
		return arena_printf(a, "line %d: a heredoc", l->number);
	if (asks_for_platform(l))
		return arena_printf(a, "line %d: FROM --platform", l->number);
	return NULL;
}

/* BuildKit's own language, and not another one. */
static bool is_usual(const char *syntax)
{
	static const char name[] = "docker/dockerfile";

	if (str_starts(syntax, "docker.io/"))
		syntax += strlen("docker.io/");
	return str_starts(syntax, name) &&
	       strchr(":@", syntax[sizeof(name) - 1]);
}

const char *dockerfile_buildkit(struct arena *a, const char *text, bool *wanted)
{
	const char *syntax = dockerfile_directive(a, text, "syntax");
	const char *found = NULL, *why;
	struct docker_line *lines;
	char escape;

	*wanted = syntax != NULL;
	if (syntax && !is_usual(syntax))
		return arena_printf(a, "syntax=%s", syntax);
	/* what is wrong further down is said elsewhere */
	lines = dockerfile_lines(a, text, &escape, &why);
	for (struct docker_line *l = lines; l && !found; l = l->next)
		found = look(a, l);
	dockerfile_lines_clear(lines);
	return found;
}
