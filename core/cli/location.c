/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/location.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strv.h"

void location_clear(struct location *l)
{
	free(l->dir);
	free(l->path);
	*l = (struct location){0};
}

static bool exists_in(const char *dir, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	return access(path, F_OK) == 0;
}

/* The name of the configuration in dir, "" where there is only a .cirrus.star,
 * NULL where there is nothing. */
static const char *name_in(const char *dir)
{
	static const char *const names[] = {".cirrus.yaml", ".cirrus.yml"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (exists_in(dir, names[i]))
			return names[i];
	return exists_in(dir, ".cirrus.star") ? "" : NULL;
}

/* Nobody's project goes on above these. */
static bool is_border(const char *dir)
{
	const char *home = getenv("HOME");

	return exists_in(dir, ".git") || (home && strcmp(home, dir) == 0) ||
	       strcmp(dir, "/") == 0;
}

static void go_up(char *dir)
{
	char *slash = strrchr(dir, '/');

	slash[slash == dir ? 1 : 0] = '\0';
}

static int search(struct location *l, struct error **err)
{
	AUTO_BUF struct buf up = BUF_INIT(BUF_LINE);
	AUTO_FREE char *here = xstrdup(l->dir);
	const char *name;

	while (!(name = name_in(l->dir))) {
		if (is_border(l->dir)) {
			error_set(err, ERR_USAGE, "no .cirrus.yml in %s%s%s",
				  here,
				  strcmp(here, l->dir) == 0 ? "" : " or up to ",
				  strcmp(here, l->dir) == 0 ? "" : l->dir);
			return error_hint(err, "cirrus run -f FILE reads "
					       "another file");
		}
		go_up(l->dir);
		buf_adds(&up, "../");
	}
	if (*name)
		l->path = xasprintf("%s%s", up.data, name);
	return 0;
}

int location_find(const char *file, struct location *out, struct error **err)
{
	AUTO_LOCATION struct location l = {0};
	char here[PATH_MAX];

	if (!getcwd(here, sizeof(here)))
		return error_errno(err, errno,
				   "cannot tell the current directory");
	l.dir = xstrdup(here);
	if (file)
		l.path = xstrdup(file);
	else if (search(&l, err) < 0)
		return -1;
	l.star = !file && exists_in(l.dir, ".cirrus.star");
	*out = l;
	l = (struct location){0};
	return 0;
}

/* --- the files of the project ---------------------------------------------- */

/* The real path of a file of the project, for free(); NULL where it does not
 * exist or leads out of the project, by `..` or a symbolic link. */
static char *resolve(const char *dir, const char *path)
{
	AUTO_FREE char *full = xasprintf("%s/%s", dir, path);
	AUTO_FREE char *real = realpath(full, NULL);
	AUTO_FREE char *root = realpath(dir, NULL);
	size_t len = root ? strlen(root) : 0;

	if (!real || !root || strncmp(real, root, len) != 0 ||
	    (real[len] && real[len] != '/' && len > 1))
		return NULL;
	return STEAL_PTR(real);
}

static int read_file(void *ctx, const char *path, char **data, size_t *len)
{
	AUTO_FREE char *real = resolve(ctx, path);
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	if (!real || file_read(real, &b, &err) < 0)
		return -1;
	*len = b.len;
	*data = buf_steal(&b);
	return 0;
}

static int is_entry(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Adds the entries of a directory of the project; -1: it is none. */
static int add_entries(const char *dir, const char *path, struct strv *queue)
{
	AUTO_FREE char *real = resolve(dir, path);
	struct dirent **entries;
	int n = real ? scandir(real, &entries, is_entry, by_name) : -1;

	for (int i = 0; i < n; i++) {
		strv_pushf(queue, "%s/%s", path, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return n < 0 ? -1 : 0;
}

static int walk(void *ctx, const char *path,
		void (*each)(void *each_ctx, const char *path), void *each_ctx)
{
	AUTO_STRV struct strv queue = {0};

	if (add_entries(ctx, path, &queue) < 0)
		return -1;
	for (size_t i = 0; i < queue.len; i++)
		if (add_entries(ctx, queue.v[i], &queue) < 0)
			each(each_ctx, queue.v[i]);
	return 0;
}

const struct config_files location_files = {.read = read_file, .walk = walk};
