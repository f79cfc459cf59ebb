/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/ignore.h"

#include <fcntl.h>
#include <git2.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/strv.h"
#include "files/git.h"

extern char **environ;

/* A repository, or the sorted list of what git says belongs to us, which counts
 * where it is there. */
struct ignore {
	char *root;
	git_repository *repo;
	git_index *index;
	char *prefix; /* of root within the repository: "" or "sub/dir/" */
	bool asked;   /* git: listed holds its answer */
	struct strv listed;
};

/* root as the repository sees it; NULL: outside of its working tree. */
static char *prefix_of(git_repository *repo, const char *root)
{
	const char *workdir = git_repository_workdir(repo);
	AUTO_FREE char *real = realpath(root, NULL);
	AUTO_FREE char *base = workdir ? realpath(workdir, NULL) : NULL;
	size_t len;

	if (!real || !base)
		return NULL;
	len = strlen(base);
	if (strcmp(real, base) == 0)
		return xstrdup("");
	if (strncmp(real, base, len) != 0 || real[len] != '/')
		return NULL;
	return xasprintf("%s/", real + len + 1);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* `git -C root ls-files`, its output into b: 0, or -1. */
static int run_git(const char *root, struct buf *b)
{
	const char *const argv[] = {"git",
				    "-C",
				    root,
				    "-c",
				    "safe.directory=*",
				    "ls-files",
				    "-zco",
				    "--exclude-standard",
				    NULL};
	posix_spawn_file_actions_t actions;
	AUTO_CLOSE int out = -1;
	int fds[2], status = -1, r;
	pid_t pid;

	if (fd_pipe(fds, NULL) < 0)
		return -1;
	out = fds[0];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
	r = posix_spawnp(&pid, "git", &actions, NULL, (char *const *)argv,
			 environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	if (r != 0)
		return -1;
	r = fd_read_all(out, b);
	while (waitpid(pid, &status, 0) < 0)
		;
	return r == 0 && status == 0 ? 0 : -1;
}

static void ask_git(struct ignore *i)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	if (i->asked || run_git(i->root, &b) < 0)
		return;
	i->asked = true;
	for (const char *p = b.data; p < b.data + b.len; p += strlen(p) + 1)
		strv_push(&i->listed, p);
	if (i->listed.len > 0)
		qsort(i->listed.v, i->listed.len, sizeof(*i->listed.v),
		      compare);
}

/* libgit2 lets a `!pattern` take back only what the same file ignores; git lets
 * it take back what the directories above ignore, too. */
void ignore_enter(struct ignore *i, int dirfd)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);
	AUTO_CLOSE int fd = -1;

	if (i->asked)
		return;
	fd = openat(dirfd, ".gitignore", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fd_read_all(fd, &b) < 0)
		return;
	if (b.data[0] == '!' || strstr(b.data, "\n!"))
		ask_git(i);
}

struct ignore *ignore_new(const char *root)
{
	struct ignore *i = xcalloc(1, sizeof(*i));
	int r;

	i->root = xstrdup(root);
	git_begin();
	r = git_repository_open_ext(&i->repo, root, 0, NULL);
	if (r == 0)
		i->prefix = prefix_of(i->repo, root);
	if (r == 0 && i->prefix &&
	    git_repository_index(&i->index, i->repo) == 0)
		return i;
	if (r != GIT_ENOTFOUND)
		ask_git(i);
	if (i->asked)
		return i;
	ignore_free(i);
	return NULL;
}

void ignore_free(struct ignore *i)
{
	if (!i)
		return;
	git_index_free(i->index);
	git_repository_free(i->repo);
	strv_clear(&i->listed);
	free(i->prefix);
	free(i->root);
	free(i);
}

/* Whether path, or for a directory something below it, is in the list. */
static bool is_listed(const struct strv *list, const char *path, bool is_dir)
{
	AUTO_FREE char *key = xasprintf("%s%s", path, is_dir ? "/" : "");
	size_t low = 0, high = list->len;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(list->v[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == list->len)
		return false;
	return is_dir ? str_starts(list->v[low], key)
		      : strcmp(list->v[low], key) == 0;
}

static bool is_tracked(const struct ignore *i, const char *path, bool is_dir)
{
	AUTO_FREE char *dir = NULL;

	if (!is_dir)
		return git_index_find(NULL, i->index, path) == 0;
	dir = xasprintf("%s/", path);
	/* a submodule is an entry itself */
	return git_index_find_prefix(NULL, i->index, dir) == 0 ||
	       git_index_find(NULL, i->index, path) == 0;
}

bool ignore_leaves_out(struct ignore *i, const char *path, bool is_dir)
{
	AUTO_FREE char *full = NULL;
	int ignored = 0;

	if (i->asked)
		return !is_listed(&i->listed, path, is_dir);
	full = xasprintf("%s%s", i->prefix, path);
	if (is_tracked(i, full, is_dir))
		return false;
	return git_ignore_path_is_ignored(&ignored, i->repo, full) == 0 &&
	       ignored;
}
