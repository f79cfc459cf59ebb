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
#include "files/ignore.h"

struct scan {
	struct project *project;
	struct ignore *ignore; /* NULL: take everything */
	struct buf path;       /* of where we are, relative to the root */
	struct error **err;
};

void project_clear(struct project *p)
{
	free(p->root);
	strv_clear(&p->paths);
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
	all = all || strcmp(e->d_name, ".git") == 0;
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

int project_scan(const char *root, struct project *out, struct error **err)
{
	struct scan s = {.project = out, .err = err};
	AUTO_CLOSE int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	*out = (struct project){0};
	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", root);
	out->root = xstrdup(root);
	buf_init(&s.path, BUF_LINE);
	s.ignore = ignore_new(root);
	r = scan_directory(&s, STEAL_FD(fd), false);
	ignore_free(s.ignore);
	buf_clear(&s.path);
	if (r < 0)
		project_clear(out);
	return r;
}
