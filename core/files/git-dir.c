/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/git-dir.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fd.h"
#include "base/strv.h"

void git_dir_clear(struct git_dir *g)
{
	free(g->own);
	free(g->common);
	free(g->config);
	*g = (struct git_dir){0};
}

/* The path in a file of one line, which may be relative to dir; NULL: there is
 * none. */
static char *read_path(const char *dir, const char *file, const char *prefix)
{
	AUTO_FREE char *name = xasprintf("%s/%s", dir, file);
	AUTO_FREE char *full = NULL;
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	char *path;

	if (file_read(name, &b, NULL) < 0 || !str_starts(b.data, prefix))
		return NULL;
	path = b.data + strlen(prefix);
	path[strcspn(path, "\r\n")] = '\0';
	full = *path == '/' ? xstrdup(path) : xasprintf("%s/%s", dir, path);
	return realpath(full, NULL);
}

/* Whether a line sets that key, whatever to. */
static bool sets(const char *line, const char *key)
{
	size_t n = strlen(key);

	line += strspn(line, " \t");
	return strncasecmp(line, key, n) == 0 &&
	       !isalnum((unsigned char)line[n]);
}

/* The settings without those that say where the checkout is. */
static char *settings_of(const char *dir)
{
	AUTO_FREE char *path = xasprintf("%s/config", dir);
	AUTO_BUF struct buf in = BUF_INIT(BUF_MESSAGE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_MESSAGE);
	bool core = false;

	if (file_read(path, &in, NULL) < 0)
		return NULL;
	for (char *line = in.data; *line;) {
		size_t n = strcspn(line, "\n");
		size_t blank = strspn(line, " \t");

		if (line[blank] == '[')
			core = strncasecmp(line + blank, "[core]", 6) == 0;
		if (!core || (!sets(line, "worktree") && !sets(line, "bare"))) {
			buf_add(&out, line, n);
			buf_addc(&out, '\n');
		}
		line += n + (line[n] == '\n');
	}
	return buf_steal(&out);
}

bool git_dir_read(const char *dir, struct git_dir *out)
{
	*out = (struct git_dir){.own = read_path(dir, ".git", "gitdir: ")};
	if (!out->own)
		return false;
	out->common = read_path(out->own, "commondir", "");
	out->config = settings_of(out->common ? out->common : out->own);
	if (out->config)
		return true;
	git_dir_clear(out);
	return false;
}

static bool is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

bool git_dir_takes_own(const char *name)
{
	static const char *const others[] = {
		"modules", "worktrees", "commondir", "gitdir",
		"locked",  "config",    NULL};

	return !is_one_of(name, others);
}

bool git_dir_takes_common(const char *name)
{
	static const char *const shared[] = {
		"objects", "refs", "packed-refs", "shallow",  "info",
		"hooks",   "logs", "lfs",         "reftable", NULL};

	return is_one_of(name, shared);
}

void git_dir_lenders(const char *objects, struct strv *out)
{
	AUTO_FREE char *path = xasprintf("%s/info/alternates", objects);
	AUTO_BUF struct buf in = BUF_INIT(BUF_MESSAGE);

	if (file_read(path, &in, NULL) < 0)
		return;
	for (char *line = in.data, *next; *line; line = next) {
		AUTO_FREE char *full = NULL, *real = NULL;
		size_t n = strcspn(line, "\n");

		next = line + n + (line[n] == '\n');
		line[n] = '\0';
		if (n == 0 || *line == '#')
			continue;
		full = *line == '/' ? xstrdup(line)
				    : xasprintf("%s/%s", objects, line);
		real = realpath(full, NULL);
		if (!real || strv_contains(out, real))
			continue;
		strv_push(out, real);
		git_dir_lenders(real, out);
	}
}
