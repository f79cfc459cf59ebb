/* SPDX-License-Identifier: MIT */
/* What a `.git` that is a file stands for: in linked worktrees and submodules it
 * leads to directories elsewhere, where a copy of the project cannot follow. */
#ifndef CIRRUS_FILES_GIT_DIR_H
#define CIRRUS_FILES_GIT_DIR_H

#include <stdbool.h>

#include "base/strv.h"

struct git_dir {
	char *own;    /* absolute: HEAD, index and so on */
	char *common; /* what it shares with others; the same path, or NULL */
	char *config; /* its settings, for a `.git` directory of its own */
};

/* Reads dir/.git; false: it leads nowhere. */
bool git_dir_read(const char *dir, struct git_dir *out);
void git_dir_clear(struct git_dir *g);
#define AUTO_GIT_DIR __attribute__((__cleanup__(git_dir_clear)))

/* Whether an entry at the top of the own or the common directory belongs into
 * one `.git` made of both. */
bool git_dir_takes_own(const char *name);
bool git_dir_takes_common(const char *name);

/* The directories of objects, absolute, that one borrows from, and those that
 * these borrow from (`git clone --shared`, `--reference`). */
void git_dir_lenders(const char *objects, struct strv *out);

#endif
