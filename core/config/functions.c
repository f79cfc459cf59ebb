/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/condition.h"
#include "config/glob.h"
#include "config/regex.h"

/* Whether any of the patterns matches the file; each is a checked glob. */
static const char *any_matches(struct parser *p, const char *const *patterns,
			       size_t n, const char *file, bool *matches)
{
	const char *why = NULL;
	bool broken;

	*matches = false;
	for (size_t i = 0; i < n && !*matches && !why; i++)
		why = regex_match(p->arena, patterns[i], 0, file, matches,
				  &broken);
	return why;
}

const char *functions_count(struct parser *p, const char *const *globs,
			    size_t n, size_t *matching, size_t *total)
{
	const char **patterns = arena_alloc(p->arena, n * sizeof(*patterns));
	const char *const *files = p->in->affected_files;
	const char *why = NULL;

	*matching = *total = 0;
	for (size_t i = 0; i < n; i++) {
		patterns[i] = glob_regex(p->arena, globs[i], &why);
		if (!patterns[i])
			return why;
	}
	for (; files && *files && !why; files++) {
		bool matches;

		why = any_matches(p, patterns, n, *files, &matches);
		*matching += matches;
		++*total;
	}
	return why;
}
