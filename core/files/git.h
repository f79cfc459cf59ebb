/* SPDX-License-Identifier: MIT */
/* What git knows of a project.  Subdirectories and worktrees of a repository
 * count; who owns it does not matter. */
#ifndef CIRRUS_FILES_GIT_H
#define CIRRUS_FILES_GIT_H

/* libgit2, once per process, before anything else of it; any thread. */
void git_begin(void);

/* Calls fact(ctx, name, value) for each that is known: CIRRUS_BRANCH,
 * CIRRUS_CHANGE_IN_REPO, CIRRUS_CHANGE_MESSAGE, CIRRUS_TAG, and, where the
 * remote `origin` is at GitHub, CIRRUS_REPO_CLONE_URL, CIRRUS_REPO_OWNER,
 * CIRRUS_REPO_NAME, CIRRUS_REPO_FULL_NAME. */
void git_facts(const char *dir,
	       void (*fact)(void *ctx, const char *name, const char *value),
	       void *ctx);

#endif
