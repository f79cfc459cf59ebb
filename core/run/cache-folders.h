/* SPDX-License-Identifier: MIT */
/* What a cache instruction calls its folders: paths and globs, resolved. */
#ifndef CIRRUS_RUN_CACHE_FOLDERS_H
#define CIRRUS_RUN_CACHE_FOLDERS_H

#include "base/strv.h"
#include "files/member.h"
#include "run/instructions.h"

/* What names in the archive are relative to: the one folder, wherever it is; the
 * working directory, where all of them lie below it; or the root. */
struct folders {
	const char *layout; /* "folder", "work", "root" */
	char *base;         /* absolute */
	struct strv given;  /* absolute */
	struct strv rules;  /* relative to base; globs without braces */
	bool globs;
};

int folders_resolve(struct performance *p, const char *const *texts,
		    struct folders *out, struct error **err) MUST_CHECK;
void folders_clear(struct folders *f);
/* "/a, /b" for people; for free(). */
char *folders_text(const struct folders *f);

/* Which members lie in them; borrows f. */
struct member_rules folders_rules(const struct folders *f);

/* Those that are there, relative to base, sorted, none below another; the one
 * folder is not looked for, and out stays empty.  SESSION_DONE, or what came
 * between. */
enum session_state folders_find(struct performance *p, const struct folders *f,
				struct strv *out) MUST_CHECK;

#endif
