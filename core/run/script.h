/* SPDX-License-Identifier: MIT */
/* Instructions and variables as shell text. */
#ifndef CIRRUS_RUN_SCRIPT_H
#define CIRRUS_RUN_SCRIPT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strv.h"
#include "model/environment.h"

/* text as one shell word, whatever is in it: 'it'\''s'. */
void script_quote(struct buf *b, const char *text);

/* A script file: the options every script runs with, its echo on, then the
 * items, each ended by a newline.  `shell` is for the first line; NULL: sh. */
void script_text(struct buf *b, const char *shell, const char *const *items);

/* CIRRUS_SHELL: direct: no shell runs scripts. */
bool script_is_direct(const struct environment *env);

/* What the session's shell reads first: every variable exported, byte for byte,
 * and the functions that run scripts where CIRRUS_SHELL asks for it.  Names
 * that no shell can export go through env(1). */
int script_environment(struct buf *b, const struct environment *env,
		       struct error **err) MUST_CHECK;
/* A function NAME that runs command lines, one after the other, as they stand:
 * no shell looks at their words (CIRRUS_SHELL: direct). */
int script_direct(struct buf *b, const char *name, const struct strv *commands,
		  struct error **err) MUST_CHECK;

/* The words of a command line: blanks separate, quotes and backslashes protect;
 * nothing is expanded. */
int script_words(const char *text, struct strv *out,
		 struct error **err) MUST_CHECK;

#endif
