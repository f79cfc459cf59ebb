/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/project.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "files/git-dir.h"
#include "files/ignore.h"

struct scan {
	struct project *project;
	struct ignore *ignore; /* NULL: take everything */
	struct buf path;       /* of where we are, relative to the root */
	struct strv pointers;  /* files named .git */
	/* What to take at the top; NULL: everything. */
	bool (*takes)(const char *name);
	struct error **err;
};

void project_clear(struct project *p)
{
	free(p->root);
	strv_clear(&p->paths);
	for (size_t i = 0; i < p->n_grafts; i++) {
		project_clear(&p->grafts[i].tree);
		free(p->grafts[i].at);
		free(p->grafts[i].config);
	}
	free(p->grafts);
	*p = (struct project){0};
}

static int scan_directory(struct scan *s, int fd, bool all);

/* What a directory entry is, without a system call where it tells itself. */
static unsigned char kind_of(int dirfd, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type;
	if (fstatat(dirfd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return DT_UNKNOWN;
	return S_ISDIR(st.st_mode)   ? DT_DIR
	       : S_ISREG(st.st_mode) ? DT_REG
	       : S_ISLNK(st.st_mode) ? DT_LNK
				     : DT_UNKNOWN;
}

static int scan_subdirectory(struct scan *s, int dirfd, const char *name,
			     bool all)
{
	AUTO_CLOSE int fd = openat(
		dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0; /* went away meanwhile */
	if (fd < 0)
		return error_errno(s->err, errno, "cannot open %s/%s",
				   s->project->root, s->path.data);
	if (s->ignore && !all)
		ignore_enter(s->ignore, fd);
	return scan_directory(s, STEAL_FD(fd), all);
}

/* s->path is the entry's own. */
static int scan_entry(struct scan *s, int dirfd, const struct dirent *e,
		      bool all)
{
	unsigned char kind = kind_of(dirfd, e);

	if (kind != DT_DIR && kind != DT_REG && kind != DT_LNK)
		return 0;
	/* .git is never subject to rules, nor is what lies in it */
	if (strcmp(e->d_name, ".git") == 0) {
		all = true;
		if (kind == DT_REG) {
			strv_push(&s->pointers, s->path.data);
			return 0;
		}
	}
	if (!all && s->ignore &&
	    ignore_leaves_out(s->ignore, s->path.data, kind == DT_DIR))
		return 0;
	strv_push(&s->project->paths, s->path.data);
	if (kind != DT_DIR)
		return 0;
	return scan_subdirectory(s, dirfd, e->d_name, all);
}

/* Takes over fd. */
static int scan_directory(struct scan *s, int fd, bool all)
{
	DIR *d = fdopendir(fd);
	size_t len = s->path.len;
	struct dirent *e;
	int r = 0;

	if (!d) {
		close(fd);
		return error_errno(s->err, errno, "cannot read %s/%s",
				   s->project->root, s->path.data);
	}
	while (r == 0 && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (len == 0 && s->takes && !s->takes(e->d_name))
			continue;
		buf_addf(&s->path, "%s%s", len > 0 ? "/" : "", e->d_name);
		if (s->path.overflow)
			r = error_set(s->err, ERR_LIMIT, "%s: path too long",
				      s->path.data);
		else
			r = scan_entry(s, dirfd(d), e, all);
		buf_truncate(&s->path, len);
	}
	closedir(d);
	return r;
}

static int scan_tree(const char *root, struct scan *s, struct error **err)
{
	AUTO_CLOSE int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", root);
	s->err = err;
	s->project->root = xstrdup(root);
	buf_init(&s->path, BUF_LINE);
	r = scan_directory(s, STEAL_FD(fd), s->takes != NULL);
	buf_clear(&s->path);
	return r;
}

/* --- .git that is a file ------------------------------------------------------ */

static int add_graft(struct project *p, const char *at, const char *root,
		     bool (*takes)(const char *), const char *config,
		     struct error **err)
{
	struct graft *g;
	struct scan s = {.takes = takes};
	int r;

	p->grafts =
		xreallocarray(p->grafts, p->n_grafts + 1, sizeof(*p->grafts));
	g = &p->grafts[p->n_grafts++];
	*g = (struct graft){.at = xstrdup(at),
			    .config = xstrdup_or_null(config)};
	s.project = &g->tree;
	r = scan_tree(root, &s, err);
	strv_clear(&s.pointers);
	return r;
}

static bool is_below(const char *path, const char *root)
{
	AUTO_FREE char *real = realpath(root, NULL);
	size_t n = real ? strlen(real) : 0;

	return real && strncmp(path, real, n) == 0 && path[n] == '/';
}

/* What it leads to comes along, unless it does so anyway. */
static int follow(struct project *p, const char *pointer, struct error **err)
{
	AUTO_FREE char *full = xasprintf("%s/%s", p->root, pointer);
	AUTO_GIT_DIR struct git_dir g;

	*strrchr(full, '/') = '\0';
	if (!git_dir_read(full, &g) || is_below(g.own, p->root)) {
		git_dir_clear(&g);
		strv_push(&p->paths, pointer);
		return 0;
	}
	if (g.common && add_graft(p, pointer, g.common, git_dir_takes_common,
				  NULL, err) < 0)
		return -1;
	return add_graft(p, pointer, g.own, git_dir_takes_own, g.config, err);
}

/* --- borrowed objects ---------------------------------------------------------- */

static bool takes_objects(const char *name)
{
	return strcmp(name, "info") != 0;
}

/* Brings along what the repository whose objects are in dir borrows. */
static int borrow(struct project *p, const char *at, const char *dir,
		  struct error **err)
{
	AUTO_STRV struct strv lenders = {0};

	git_dir_lenders(dir, &lenders);
	for (size_t i = 0; i < lenders.len; i++)
		if (add_graft(p, at, lenders.v[i], takes_objects, NULL, err) <
		    0)
			return -1;
	return 0;
}

static bool lead_out(const char *dir, const char *root)
{
	AUTO_STRV struct strv lenders = {0};

	git_dir_lenders(dir, &lenders);
	for (size_t i = 0; i < lenders.len; i++)
		if (!is_below(lenders.v[i], root))
			return true;
	return false;
}

/* The repositories of a tree that stands at `at` in the copy, "" for the project:
 * those that borrow objects from outside get their own. */
static int borrow_all(struct project *p, struct project *tree, const char *at,
		      struct error **err)
{
	static const char lenders[] = "/objects/info/alternates";
	AUTO_FREE char *root = xstrdup(tree->root);
	struct strv *paths = &tree->paths;

	for (size_t i = 0; i < paths->len; i++) {
		AUTO_FREE char *path = xstrdup(paths->v[i]);
		AUTO_FREE char *dir = NULL, *there = NULL;

		if (!str_ends(path, lenders) && strcmp(path, lenders + 1) != 0)
			continue;
		path[strlen(path) - strlen("/info/alternates")] = '\0';
		dir = xasprintf("%s/%s", root, path);
		if (!lead_out(dir, p->root))
			continue;
		strv_remove(paths, i);
		there = xasprintf("%s%s%s", at, *at ? "/" : "", path);
		/* the tree may move with the grafts */
		return borrow(p, there, dir, err) < 0 ? -1 : 1;
	}
	return 0;
}

/* Until nobody borrows any more. */
static int borrow_everywhere(struct project *p, struct error **err)
{
	int r = 1;

	while (r > 0) {
		r = borrow_all(p, p, "", err);
		for (size_t i = 0; r == 0 && i < p->n_grafts; i++)
			r = borrow_all(p, &p->grafts[i].tree, p->grafts[i].at,
				       err);
	}
	return r;
}

int project_scan(const char *root, bool everything, struct project *out,
		 struct error **err)
{
	struct scan s = {.project = out};
	int r;

	*out = (struct project){0};
	s.ignore = everything ? NULL : ignore_new(root);
	r = scan_tree(root, &s, err);
	ignore_free(s.ignore);
	for (size_t i = 0; i < s.pointers.len && r == 0; i++)
		r = follow(out, s.pointers.v[i], err);
	if (r == 0)
		r = borrow_everywhere(out, err);
	strv_clear(&s.pointers);
	if (r < 0)
		project_clear(out);
	return r;
}

/* A file that cannot be looked at weighs nothing. */
static int64_t weigh(const struct project *p)
{
	AUTO_CLOSE int fd = open(p->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t bytes = 0;
	struct stat st;

	for (size_t i = 0; i < p->paths.len && fd >= 0; i++)
		if (fstatat(fd, p->paths.v[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			bytes += st.st_size;
	return bytes;
}

bool project_exceeds(const struct project *p, size_t files, int64_t bytes)
{
	size_t n = p->paths.len;
	int64_t weight = 0;

	for (size_t i = 0; i < p->n_grafts; i++)
		n += p->grafts[i].tree.paths.len;
	if (n >= files)
		return true;
	weight = weigh(p);
	for (size_t i = 0; i < p->n_grafts; i++)
		weight += weigh(&p->grafts[i].tree);
	return weight >= bytes;
}
