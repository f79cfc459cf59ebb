/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/path-glob.h"

#include <string.h>

#include "base/buf.h"

#define EXPANSIONS 1024

bool path_glob_is(const char *text)
{
	return strchr(text, '*') != NULL;
}

/* --- braces ------------------------------------------------------------------- */

/* The brace that belongs to the one at p, or NULL. */
static const char *closing(const char *p)
{
	int depth = 0;

	for (; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == '}' && --depth == 0)
			return p;
	}
	return NULL;
}

static const char *opening(const char *p)
{
	for (; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '{')
			return p;
	}
	return NULL;
}

/* The end of the alternative that begins at p. */
static const char *alternative(const char *p, const char *end)
{
	int depth = 0;

	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == '}')
			depth--;
		else if (*p == ',' && depth == 0)
			break;
	}
	return p;
}

bool path_glob_expand(const char *glob, struct strv *out)
{
	const char *open = opening(glob), *close = open ? closing(open) : NULL;
	bool good = !open || close;

	if (!close) {
		strv_push(out, glob);
		return good;
	}
	for (const char *p = open + 1; p <= close && good;) {
		const char *end = alternative(p, close);
		AUTO_FREE char *one =
			xasprintf("%.*s%.*s%s", (int)(open - glob), glob,
				  (int)(end - p), p, close + 1);

		good = out->len < EXPANSIONS && path_glob_expand(one, out);
		p = end + 1;
	}
	return good;
}

/* --- matching ------------------------------------------------------------------- */

/* One class against one byte; *glob moves behind it.  A class without an end is
 * a bracket. */
static bool match_class(const char **glob, char c)
{
	const char *p = *glob + 1;
	bool negated = *p == '!' || *p == '^', found = false, first = true;

	p += negated;
	for (; *p && (*p != ']' || first); first = false) {
		char from = *p == '\\' && p[1] ? *++p : *p, to = from;

		p++;
		if (*p == '-' && p[1] && p[1] != ']') {
			to = p[1] == '\\' && p[2] ? *(p += 2) : *++p;
			p++;
		}
		found |= (unsigned char)from <= (unsigned char)c &&
			 (unsigned char)c <= (unsigned char)to;
	}
	if (!*p) {
		++*glob;
		return c == '[';
	}
	*glob = p + 1;
	return found != negated && c != '/';
}

/* One element that is no star. */
static bool match_one(const char **glob, char c)
{
	if (**glob == '[')
		return match_class(glob, c);
	if (**glob == '?') {
		++*glob;
		return c != '/';
	}
	if (**glob == '\\' && (*glob)[1])
		++*glob;
	return *(*glob)++ == c;
}

static bool is_double(const char *glob)
{
	return glob[0] == '*' && glob[1] == '*' &&
	       (glob[2] == '/' || glob[2] == '\0');
}

/* Behind a `**`, the rest may begin at any name. */
static bool match_deep(const char *rest, const char *path)
{
	for (;;) {
		if (path_glob_match(rest, path))
			return true;
		path = strchr(path, '/');
		if (!path)
			return false;
		path++;
	}
}

bool path_glob_match(const char *glob, const char *path)
{
	while (*glob) {
		if (is_double(glob))
			return glob[2] == '\0' || match_deep(glob + 3, path);
		if (*glob == '*') {
			glob += strspn(glob, "*");
			for (;; path++) {
				if (path_glob_match(glob, path))
					return true;
				if (*path == '\0' || *path == '/')
					return false;
			}
		}
		/* a deep star at the end is the directory as well */
		if (*path == '\0')
			return *glob == '/' && is_double(glob + 1) &&
			       glob[3] == '\0';
		if (!match_one(&glob, *path))
			return false;
		path++;
	}
	return *path == '\0';
}

size_t path_glob_prefix(const char *glob, int *depth)
{
	size_t special = strcspn(glob, "*?[\\"), n = special;

	while (n > 0 && glob[n] != '/')
		n--;
	*depth = 1;
	for (const char *p = glob + special; *p; p++)
		if (*p == '/')
			++*depth;
	if (strstr(glob, "**"))
		*depth = -1;
	return n;
}
