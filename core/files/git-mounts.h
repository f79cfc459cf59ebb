/* SPDX-License-Identifier: MIT */
/* What git needs of a project that is mounted as it is, and that lies outside of
 * it: the repository of a linked worktree, and objects that one borrows. */
#ifndef CIRRUS_FILES_GIT_MOUNTS_H
#define CIRRUS_FILES_GIT_MOUNTS_H

#include "base/strv.h"

/* Pairs of directories: one here, and where git looks for it when the project is
 * at `at`.  From `borrowed` on they are only read. */
struct git_mounts {
	struct strv pairs;
	size_t borrowed; /* index in pairs */
};

void git_mounts_find(const char *project, const char *at,
		     struct git_mounts *out);
void git_mounts_clear(struct git_mounts *m);
#define AUTO_GIT_MOUNTS __attribute__((__cleanup__(git_mounts_clear)))

#endif
