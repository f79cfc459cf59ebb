/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/search.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/backend.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/strv.h"

#define DIR_VARIABLE "CIRRUS_CLI_BACKEND_DIR"
#define PREFIX       "cirrus-"

bool search_name_valid(const char *name)
{
	return name[0] >= 'a' && name[0] <= 'z' &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] ==
		       '\0';
}

/* "docker" of "cirrus-docker.so" or "/x/cirrus-docker.la", or NULL. */
static char *name_of_file(const char *path, const char *suffix)
{
	const char *slash = strrchr(path, '/');
	const char *file = slash ? slash + 1 : path;
	AUTO_FREE char *name = NULL;

	if (!str_starts(file, PREFIX) || !str_ends(file, suffix) ||
	    strlen(file) <= strlen(PREFIX) + strlen(suffix))
		return NULL;
	name = xstrndup(file + strlen(PREFIX),
			strlen(file) - strlen(PREFIX) - strlen(suffix));
	return search_name_valid(name) ? STEAL_PTR(name) : NULL;
}

void candidate_clear(struct candidate *c)
{
	free(c->name);
	free(c->path);
	*c = (struct candidate){0};
}

void search_clear(struct candidates *list)
{
	for (size_t i = 0; i < list->len; i++)
		candidate_clear(&list->ptr[i]);
	candidates_clear(list);
}

static bool is_known(const struct candidates *list, const char *name)
{
	for (size_t i = 0; i < list->len; i++)
		if (strcmp(list->ptr[i].name, name) == 0)
			return true;
	return false;
}

static void scan_suffix(const char *dir, const char *suffix, bool user_named,
			struct candidates *out)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;

	while (d && (entry = readdir(d))) {
		AUTO_FREE char *name = name_of_file(entry->d_name, suffix);

		if (!name || is_known(out, name))
			continue;
		candidates_push(out, (struct candidate){
					     .path = xasprintf("%s/%s", dir,
							       entry->d_name),
					     .name = STEAL_PTR(name),
					     .user_named = user_named,
				     });
	}
	if (d)
		closedir(d);
}

/* An .so before an .la: where both lie side by side something was installed,
 * and an installed .la sends libltdl to a path that stands inside it. */
static void scan(const char *dir, bool user_named, struct candidates *out)
{
	if (dir[0] != '/')
		return;
	scan_suffix(dir, ".so", user_named, out);
	if (user_named)
		scan_suffix(dir, ".la", user_named, out);
}

/* The list the user gave, or NULL; never where another's rights are in play. */
static const char *user_directories(void)
{
	const char *list = getenv(DIR_VARIABLE);

	return list && list[0] && !compat_is_privileged() ? list : NULL;
}

char *search_directories(void)
{
	const char *list = user_directories();

	return xstrdup(list ? list : BACKENDDIR);
}

static const char *const *preloaded;

void backend_preloaded(const char *const *names)
{
	preloaded = names;
}

static int by_name(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void search_all(struct candidates *out)
{
	const char *list = user_directories();
	AUTO_STRV struct strv dirs = {0};

	if (list)
		strv_split(&dirs, list, ':');
	else
		strv_push(&dirs, BACKENDDIR);
	for (size_t i = 0; i < dirs.len; i++)
		scan(dirs.v[i], list != NULL, out);
	for (size_t i = 0; preloaded && preloaded[i]; i++)
		if (!is_known(out, preloaded[i]))
			candidates_push(out,
					(struct candidate){
						.name = xstrdup(preloaded[i])});
	if (out->len)
		qsort(out->ptr, out->len, sizeof(*out->ptr), by_name);
}

int search_path(const char *path, struct candidate *out, struct error **err)
{
	AUTO_FREE char *name = NULL;

	if (compat_is_privileged())
		return error_set(err, ERR_USAGE,
				 "%s: a path cannot name a backend while "
				 "cirrus runs with another user's rights",
				 path);
	if (path[0] != '/') {
		error_set(err, ERR_USAGE,
			  "%s: the path of a backend must be absolute", path);
		return error_hint(err, "write \"$PWD/%s\"", path);
	}
	name = name_of_file(path, ".so");
	if (!name)
		name = name_of_file(path, ".la");
	if (!name) {
		error_set(err, ERR_USAGE, "%s: not the name of a plugin", path);
		return error_hint(err, "a plugin is a file cirrus-NAME.so");
	}
	*out = (struct candidate){.name = STEAL_PTR(name),
				  .path = xstrdup(path),
				  .user_named = true};
	return 0;
}

/* --- who else could have put it there ---------------------------------------- */

static int refuse_mode(const char *path, mode_t mode, const char *who,
		       struct error **err)
{
	error_set(err, ERR_BACKEND, "refused: %s is writable by %s (mode %04o)",
		  path, who, (unsigned int)(mode & 07777));
	return error_hint(err, "chmod %s %s", mode & S_IWOTH ? "o-w" : "g-w",
			  path);
}

static int check_mode(const char *path, const struct stat *st, bool user_named,
		      struct error **err)
{
	if (st->st_mode & S_IWOTH)
		return refuse_mode(path, st->st_mode, "everybody", err);
	if (!user_named && (st->st_mode & S_IWGRP))
		return refuse_mode(path, st->st_mode, "its group", err);
	return 0;
}

/* `dir_owner`: of the directory that the user named, or -1. */
static int check_owner(const char *path, const struct stat *st, uid_t dir_owner,
		       struct error **err)
{
	if (st->st_uid == 0 || st->st_uid == geteuid() ||
	    st->st_uid == dir_owner)
		return 0;
	error_set(err, ERR_BACKEND,
		  "refused: %s belongs to user %lu (mode %04o)", path,
		  (unsigned long)st->st_uid,
		  (unsigned int)(st->st_mode & 07777));
	return error_hint(err, "a plugin must belong to root or to you");
}

static int check_directory(const char *dir, bool user_named, struct stat *st,
			   struct error **err)
{
	AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, st) < 0)
		return error_errno(err, errno, "%s", dir);
	if (!user_named && check_owner(dir, st, (uid_t)-1, err) < 0)
		return -1;
	return check_mode(dir, st, user_named, err);
}

/* O_NONBLOCK: a FIFO of that name must not hold us up. */
static int check_file(const char *path, bool user_named, const struct stat *dir,
		      struct error **err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_BACKEND,
				 "refused: %s is not a regular file", path);
	if (check_owner(path, &st, user_named ? dir->st_uid : (uid_t)-1, err) <
	    0)
		return -1;
	return check_mode(path, &st, user_named, err);
}

bool search_refuses(const struct candidate *c, struct error **err)
{
	AUTO_FREE char *dir = NULL;
	struct stat st;

	if (!c->path)
		return false;
	dir = xstrndup(c->path, (size_t)(strrchr(c->path, '/') - c->path));
	return check_directory(dir[0] ? dir : "/", c->user_named, &st, err) <
		       0 ||
	       check_file(c->path, c->user_named, &st, err) < 0;
}
