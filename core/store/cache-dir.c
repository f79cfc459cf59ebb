/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "store/cache-dir.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/strv.h"

struct cache_dir {
	char *path, *project;
};

/* $XDG_CACHE_HOME/cirrus/projects */
static char *projects_dir(struct error **err)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (xdg && xdg[0] == '/')
		return xasprintf("%s/cirrus/projects", xdg);
	if (home && home[0] == '/')
		return xasprintf("%s/.cache/cirrus/projects", home);
	error_set(err, ERR_SYSTEM, "no place for caches: HOME is not set");
	error_hint(err, "set XDG_CACHE_HOME or HOME to an absolute path");
	return NULL;
}

/* The last part of the path, for people, and a digest of all of it: two
 * checkouts that are called alike have nothing in common. */
static char *name_of(const char *project)
{
	const char *slash = strrchr(project, '/');
	AUTO_FREE char *base = xstrndup(slash ? slash + 1 : project, 48);
	char digest[HASH_TEXT];

	for (char *p = base; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			*p = '-';
	hash_of(HASH_SHA256, project, strlen(project), digest);
	return xasprintf("%s-%.16s", *base ? base : "root", digest);
}

int cache_dir_open(const char *project_dir, struct cache_dir **out,
		   struct error **err)
{
	AUTO_FREE char *projects = projects_dir(err);
	AUTO_FREE char *name = NULL;
	char *real = realpath(project_dir, NULL);

	if (!projects) {
		free(real);
		return -1;
	}
	*out = xcalloc(1, sizeof(**out));
	(*out)->project = real ? real : xstrdup(project_dir);
	name = name_of((*out)->project);
	(*out)->path = xasprintf("%s/%s", projects, name);
	return 0;
}

void cache_dir_free(struct cache_dir *d)
{
	if (!d)
		return;
	free(d->path);
	free(d->project);
	free(d);
}

const char *cache_dir_path(const struct cache_dir *d)
{
	return d->path;
}

const char *cache_dir_project(const struct cache_dir *d)
{
	return d->project;
}

int cache_dir_make(struct cache_dir *d, struct error **err)
{
	AUTO_FREE char *file = xasprintf("%s/project", d->path);
	AUTO_FREE char *line = xasprintf("%s\n", d->project);
	struct stat st;

	if (stat(file, &st) == 0)
		return 0;
	if (dir_make(d->path, 0700, err) < 0)
		return -1;
	return file_replace(file, line, strlen(line), 0600, err);
}

static struct cache_dir *open_existing(const char *projects, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", projects, name);
	AUTO_FREE char *file = xasprintf("%s/project", path);
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	struct cache_dir *d;

	if (name[0] == '.' || file_read(file, &text, NULL) < 0)
		return NULL;
	d = xcalloc(1, sizeof(*d));
	d->path = STEAL_PTR(path);
	d->project = xstrndup(text.data, strcspn(text.data, "\n"));
	return d;
}

static int by_project(const void *a, const void *b)
{
	return strcmp((*(struct cache_dir *const *)a)->project,
		      (*(struct cache_dir *const *)b)->project);
}

int cache_dirs_all(struct cache_dirs *out, struct error **err)
{
	AUTO_FREE char *projects = projects_dir(err);
	struct dirent *e;
	DIR *d;

	if (!projects)
		return -1;
	d = opendir(projects);
	if (!d && errno == ENOENT)
		return 0;
	if (!d)
		return error_errno(err, errno, "cannot read %s", projects);
	while ((e = readdir(d))) {
		struct cache_dir *one = open_existing(projects, e->d_name);

		if (one)
			cache_dirs_push(out, one);
	}
	closedir(d);
	if (out->len > 0)
		qsort(out->ptr, out->len, sizeof(*out->ptr), by_project);
	return 0;
}

void cache_dirs_free(struct cache_dirs *v)
{
	for (size_t i = 0; i < v->len; i++)
		cache_dir_free(v->ptr[i]);
	cache_dirs_clear(v);
}
