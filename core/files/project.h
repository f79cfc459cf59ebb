/* SPDX-License-Identifier: MIT */
/* What of a directory belongs to a project: everything git would show, tracked
 * or not ignored, and .git itself; without git, everything.
 *
 * Git's own rules are applied by libgit2: .gitignore of every directory,
 * info/exclude, core.excludesFile.  Who owns the repository does not matter
 * here.  What libgit2 cannot open is asked of git itself.
 *
 * Where .git is a file that leads out of the directory, as in linked worktrees
 * and submodules, a copy has a .git directory of its own instead, so that git
 * works in it. */
#ifndef CIRRUS_FILES_PROJECT_H
#define CIRRUS_FILES_PROJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strv.h"

struct project {
	char *root;
	/* Relative to root, parents before what they hold; directories,
	 * regular files and symbolic links. */
	struct strv paths;
	struct graft *grafts; /* what else a copy holds */
	size_t n_grafts;
};

/* Another tree, at `at` below the root: part of a `.git` directory. */
struct graft {
	char *at;
	struct project tree;
	char *config; /* what its file `config` says, or NULL: none */
};

/* `everything`: what git ignores, too. */
int project_scan(const char *root, bool everything, struct project *out,
		 struct error **err) MUST_CHECK;
/* Whether it is of at least so many files, or so many bytes. */
bool project_exceeds(const struct project *p, size_t files, int64_t bytes);
void project_clear(struct project *p);
#define AUTO_PROJECT __attribute__((__cleanup__(project_clear)))

#endif
