/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/report-paths.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "files/path.h"

/* "C:\src\a.cs" and "src\a.cs" are no names of files here. */
static char *with_slashes(const char *path)
{
	char *copy = xstrdup(path);

	if (strchr(path, '/'))
		return copy;
	for (char *at = copy; (at = strchr(at, '\\')); at++)
		*at = '/';
	if (isalpha((unsigned char)copy[0]) && copy[1] == ':')
		memmove(copy, copy + 2, strlen(copy + 2) + 1);
	return copy;
}

char *report_path(const char *path, const char *work, const char *real)
{
	AUTO_FREE char *plain = with_slashes(path);
	AUTO_FREE char *absolute = NULL;
	AUTO_FREE char *clean = NULL;
	const char *below;

	absolute = xasprintf("%s/%s", *plain == '/' ? "" : work, plain);
	clean = path_clean(absolute);
	below = path_below(clean, work);
	if (!below)
		below = path_below(clean, real);
	if (below && *below)
		return xstrdup(below);
	return STEAL_PTR(clean);
}

/* How many names two paths have in common, from the end. */
static size_t agreement(const char *a, const char *b)
{
	size_t i = strlen(a), j = strlen(b), n = 0;

	while (i > 0 && j > 0 && a[i - 1] == b[j - 1]) {
		i--;
		j--;
		if (a[i] == '/')
			n++;
	}
	if ((i == 0 || a[i - 1] == '/') && (j == 0 || b[j - 1] == '/'))
		n++;
	return n;
}

static size_t depth(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

static bool is_better(const char *path, const char *a, const char *b)
{
	size_t x = agreement(path, a), y = agreement(path, b);

	if (x != y)
		return x > y;
	x = depth(a);
	y = depth(b);
	return x != y ? x < y : strcmp(a, b) < 0;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *report_path_best(const char *path, const struct strv *files)
{
	const char *best = NULL;

	for (size_t i = 0; i < files->len; i++)
		if (strcmp(last_name(files->v[i]), last_name(path)) == 0 &&
		    (!best || is_better(path, files->v[i], best)))
			best = files->v[i];
	return best;
}
