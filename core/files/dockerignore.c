/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/dockerignore.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "files/path-glob.h"

/* "/a/./b/../c/" -> "a/c": the root is the context's. */
static char *clean(const char *path)
{
	AUTO_STRV struct strv parts = {0}, kept = {0};
	AUTO_BUF struct buf out = BUF_INIT(BUF_LINE);

	strv_split(&parts, path, '/');
	for (size_t i = 0; i < parts.len; i++) {
		if (strcmp(parts.v[i], "..") == 0) {
			if (kept.len > 0)
				free(kept.v[--kept.len]);
		} else if (*parts.v[i] && strcmp(parts.v[i], ".") != 0) {
			strv_push(&kept, parts.v[i]);
		}
	}
	for (size_t i = 0; i < kept.len; i++)
		buf_addf(&out, "%s%s", i ? "/" : "", kept.v[i]);
	return buf_steal(&out);
}

static void add_line(struct dockerignore *d, const char *line, size_t len)
{
	AUTO_FREE char *text = NULL, *path = NULL;
	bool negated;

	if (len > 0 && *line == '#')
		return;
	while (len > 0 && isspace((unsigned char)line[len - 1]))
		len--;
	while (len > 0 && isspace((unsigned char)*line))
		line++, len--;
	negated = len > 0 && *line == '!';
	text = xstrndup(line + negated, len - negated);
	path = clean(text + strspn(text, " \t"));
	if (*path)
		strv_pushf(&d->patterns, "%s%s", negated ? "!" : "", path);
}

void dockerignore_parse(struct dockerignore *d, const char *text, size_t len)
{
	const char *end = text + len;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		add_line(d, text, (size_t)(stop - text));
		text = stop + 1;
	}
}

void dockerignore_clear(struct dockerignore *d)
{
	strv_clear(&d->patterns);
}

/* The path itself, or a directory that it lies in. */
static bool matches(const char *pattern, const char *path)
{
	AUTO_FREE char *prefix = xstrdup(path);

	for (;;) {
		char *slash;

		if (path_glob_match(pattern, prefix))
			return true;
		slash = strrchr(prefix, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
}

bool dockerignore_leaves_out(const struct dockerignore *d, const char *path)
{
	for (size_t i = d->patterns.len; i > 0; i--) {
		const char *pattern = d->patterns.v[i - 1];
		bool negated = *pattern == '!';

		if (matches(pattern + negated, path))
			return !negated;
	}
	return false;
}
