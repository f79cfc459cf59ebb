/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "store/runs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/strv.h"

struct run_logs {
	char *dir;
	int lock; /* held while the run goes on */
};

void run_id_new(char out[RUN_ID])
{
	time_t now = (time_t)(clock_epoch() / NS_PER_S);
	char random[9], stamp[RUN_ID / 2];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	random_hex(random, 4);
	snprintf(out, RUN_ID, "%s-%s", stamp, random);
}

char *state_dir(struct error **err)
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (xdg && xdg[0] == '/')
		return xasprintf("%s/cirrus", xdg);
	if (home && home[0] == '/')
		return xasprintf("%s/.local/state/cirrus", home);
	error_set(err, ERR_SYSTEM, "no place for logs: HOME is not set");
	error_hint(err, "set XDG_STATE_HOME or HOME to an absolute path");
	return NULL;
}

/* -1: somebody holds it. */
static int take_lock(const char *dir)
{
	AUTO_FREE char *path = xasprintf("%s/lock", dir);
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC | O_CREAT, 0600);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -1;
	return STEAL_FD(fd);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_runs(const char *dir, struct strv *out)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			strv_push(out, e->d_name);
	closedir(d);
	if (out->len > 0)
		qsort(out->v, out->len, sizeof(*out->v), compare_names);
}

static int64_t bytes_of(const char *dir);

static int64_t bytes_of_entry(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return bytes_of(path);
	return (int64_t)st.st_blocks * 512;
}

/* What a run takes on the disk. */
static int64_t bytes_of(const char *dir)
{
	AUTO_STRV struct strv names = {0};
	int64_t sum = 0;

	list_runs(dir, &names);
	for (size_t i = 0; i < names.len; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", dir, names.v[i]);

		sum += bytes_of_entry(path);
	}
	return sum;
}

void run_logs_prune(const struct run_logs *l)
{
	AUTO_FREE char *dir =
		xstrndup(l->dir, (size_t)(strrchr(l->dir, '/') - l->dir));
	AUTO_STRV struct strv runs = {0};
	int64_t bytes = 0;
	size_t kept = 1; /* l itself */

	list_runs(dir, &runs);
	for (size_t n = runs.len; n-- > 0;) {
		AUTO_FREE char *path = xasprintf("%s/%s", dir, runs.v[n]);
		AUTO_CLOSE int lock = -1;

		if (strcmp(path, l->dir) == 0)
			continue;
		bytes += bytes_of(path);
		kept++;
		if (kept <= RUNS_KEPT && (kept == 2 || bytes <= RUNS_BYTES))
			continue;
		lock = take_lock(path);
		if (lock >= 0)
			dir_remove(path);
	}
}

int run_logs_new(const char *run_id, struct run_logs **out, struct error **err)
{
	AUTO_FREE char *state = state_dir(err);
	AUTO_FREE char *runs = NULL, *dir = NULL;
	int lock;

	if (!state)
		return -1;
	runs = xasprintf("%s/runs", state);
	dir = xasprintf("%s/%s", runs, run_id);
	if (dir_make(runs, 0700, err) < 0)
		return -1;
	if (dir_make(dir, 0700, err) < 0)
		return -1;
	lock = take_lock(dir);
	if (lock < 0)
		return error_errno(err, errno, "cannot lock %s", dir);
	*out = xcalloc(1, sizeof(**out));
	(*out)->dir = STEAL_PTR(dir);
	(*out)->lock = lock;
	return 0;
}

void run_logs_free(struct run_logs *l)
{
	if (!l)
		return;
	fd_close(&l->lock);
	free(l->dir);
	free(l);
}

const char *run_logs_dir(const struct run_logs *l)
{
	return l->dir;
}

int runs_list(struct strv *out, struct error **err)
{
	AUTO_FREE char *state = state_dir(err);
	AUTO_FREE char *runs = NULL;
	AUTO_STRV struct strv names = {0};

	if (!state)
		return -1;
	runs = xasprintf("%s/runs", state);
	list_runs(runs, &names);
	for (size_t i = 0; i < names.len; i++)
		strv_pushf(out, "%s/%s", runs, names.v[i]);
	return 0;
}

bool run_is_live(const char *dir)
{
	AUTO_FREE char *path = xasprintf("%s/lock", dir);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;
}

/* A title as part of a file name: what shells and people find awkward becomes
 * a hyphen. */
static void file_part(const char *title, char out[48])
{
	size_t n = 0;

	for (; *title && n < 47; title++) {
		unsigned char c = (unsigned char)*title;

		out[n++] = isalnum(c) || c == '.' || c == '_' ? (char)c : '-';
	}
	out[n] = '\0';
}

int run_logs_open(struct run_logs *l, int64_t task, int step, const char *title,
		  int *fd, char **path, struct error **err)
{
	AUTO_FREE char *dir = xasprintf("%s/%lld", l->dir, (long long)task);
	AUTO_FREE char *file = NULL;
	char part[48];

	file_part(title, part);
	file = xasprintf("%s/%02d-%s.log", dir, step, part);
	*fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd < 0 && errno == ENOENT && dir_make(dir, 0700, err) == 0)
		*fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd < 0)
		return error_errno(err, errno, "cannot create %s", file);
	*path = STEAL_PTR(file);
	return 0;
}
