/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/git-mounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "files/git-dir.h"
#include "files/path.h"

void git_mounts_clear(struct git_mounts *m)
{
	strv_clear(&m->pairs);
}

/* The one line of a file, without what stands in front; NULL: it is no such
 * file. */
static char *read_line(const char *path, const char *prefix)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	if (file_read(path, &b, NULL) < 0 || !str_starts(b.data, prefix))
		return NULL;
	b.data[strcspn(b.data, "\r\n")] = '\0';
	return xstrdup(b.data + strlen(prefix));
}

/* Where a path leads that is seen in dir. */
static char *seen_from(const char *dir, const char *path)
{
	AUTO_FREE char *full =
		*path == '/' ? xstrdup(path) : xasprintf("%s/%s", dir, path);

	return path_clean(full);
}

static void add(struct git_mounts *m, const char *here, const char *there)
{
	for (size_t i = 1; i < m->pairs.len; i += 2)
		if (strcmp(m->pairs.v[i], there) == 0)
			return;
	strv_push(&m->pairs, here);
	strv_push(&m->pairs, there);
}

/* The lenders of the repository at `git`, which is seen at `there`. */
static void add_lenders(struct git_mounts *m, const char *git,
			const char *there)
{
	AUTO_FREE char *dir = xasprintf("%s/objects", git);
	AUTO_FREE char *seen = xasprintf("%s/objects", there);
	AUTO_FREE char *list = xasprintf("%s/info/alternates", dir);
	AUTO_FREE char *first = read_line(list, "");
	AUTO_STRV struct strv lenders = {0};

	m->borrowed = m->pairs.len;
	git_dir_lenders(dir, &lenders);
	for (size_t i = 0; i < lenders.len; i++) {
		/* others are named by absolute paths, as git writes them */
		AUTO_FREE char *at =
			seen_from(seen, i == 0 && first ? first : lenders.v[i]);

		add(m, lenders.v[i], at);
	}
}

void git_mounts_find(const char *project, const char *at,
		     struct git_mounts *out)
{
	AUTO_FREE char *file = xasprintf("%s/.git", project);
	AUTO_FREE char *inside = xasprintf("%s/.git", at);
	AUTO_FREE char *pointer = read_line(file, "gitdir: ");
	AUTO_GIT_DIR struct git_dir g = {0};
	AUTO_FREE char *own = NULL, *list = NULL, *up = NULL, *common = NULL;

	*out = (struct git_mounts){0};
	if (!pointer) {
		add_lenders(out, file, inside);
		return;
	}
	if (!git_dir_read(project, &g) || !g.common)
		return;
	own = seen_from(at, pointer);
	list = xasprintf("%s/commondir", g.own);
	up = read_line(list, "");
	common = seen_from(own, up ? up : ".");
	add(out, g.common, common);
	if (!path_below(own, common))
		add(out, g.own, own);
	add_lenders(out, g.common, common);
}
