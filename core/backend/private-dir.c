/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/private-dir.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static const struct {
	const char *variable, *in_home, *below, *word;
} places[] = {
	[PRIVATE_CACHE] = {"XDG_CACHE_HOME", ".cache", "cirrus/backends",
			   "cache"},
	[PRIVATE_STATE] = {"XDG_STATE_HOME", ".local/state", "cirrus/backends",
			   "state"},
	[PRIVATE_RUNTIME] = {"XDG_RUNTIME_DIR", NULL, "cirrus", "runtime"},
};

/* Ours, and closed to all others: whoever can write to the place above may
 * have put another there, or a link. */
static int check_ours(const char *path, struct error **err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return error_errno(err, errno, "%s", path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return error_set(err, ERR_SYSTEM,
				 "%s: not a directory of yours", path);
	if ((st.st_mode & 077) && chmod(path, 0700) < 0)
		return error_errno(err, errno, "chmod %s", path);
	return 0;
}

static int make_ours(const char *path, struct error **err)
{
	if (dir_make(path, 0700, err) < 0)
		return -1;
	return check_ours(path, err);
}

/* NULL where the environment names no such place. */
static const char *usual_place(enum private_dir which, const char *backend,
			       struct arena *a)
{
	const char *base = getenv(places[which].variable);
	const char *home = getenv("HOME");

	if (base && base[0] == '/')
		return arena_printf(a, "%s/%s/%s", base, places[which].below,
				    backend);
	if (!places[which].in_home || !home || home[0] != '/')
		return NULL;
	return arena_printf(a, "%s/%s/%s/%s", home, places[which].in_home,
			    places[which].below, backend);
}

static const char *temporary_place(enum private_dir which, const char *backend,
				   struct arena *a, struct error **err)
{
	const char *tmp = getenv("TMPDIR");
	const char *top = arena_printf(a, "%s/cirrus-%lu",
				       tmp && tmp[0] == '/' ? tmp : "/tmp",
				       (unsigned long)geteuid());
	const char *path =
		arena_printf(a, "%s/%s/%s", top, backend, places[which].word);

	return make_ours(top, err) < 0 || make_ours(path, err) < 0 ? NULL
								   : path;
}

const char *private_dir(enum private_dir which, const char *backend,
			struct arena *a, struct error **err)
{
	const char *path = usual_place(which, backend, a);

	if (path && make_ours(path, NULL) == 0)
		return path;
	return temporary_place(which, backend, a, err);
}
