/* SPDX-License-Identifier: MIT */
/* The variables that a task's scripts see: layers, later ones win, then the
 * expansion of references among them. */
#ifndef CIRRUS_RUN_VARIABLES_H
#define CIRRUS_RUN_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/environment.h"
#include "model/task.h"

/* What every task of a run gets: constants, the build's id, git's facts. */
void variables_base(struct environment *env, const char *project_dir,
		    bool git_facts);

struct variables_input {
	const struct environment *base;
	const struct task *task;
	size_t n_tasks; /* of the run, for CI_NODE_TOTAL */
	const struct environment *user;
	const char *working_dir; /* the default */
	const char *os, *arch;   /* of the environment: "linux", "amd64" */
};
/* All layers, unexpanded. */
void variables_layers(struct environment *env,
		      const struct variables_input *in);

/* Replaces $NAME, ${NAME}, ${NAME:default} and %NAME% in every value.  A name is
 * looked for in env, then in `image` (what the image brought along; NULL: not
 * known yet); a value's own name means the image's.  So `PATH: /opt/x/bin:$PATH`
 * works.  What nobody defines stays as it stands, and so does every other $:
 * a password may hold one.  \$NAME, \${NAME} and \%NAME% are no references: they
 * stay through every expansion, and lose the backslash when a value is handed on
 * (variables_literal).  The outcome does not depend on any order; a value that
 * leads back to its own name stays as it is written.
 *
 * Returns whether something was left that the image might define. */
bool variables_expand(struct environment *env, const struct environment *image);
/* One text, for free(): env first, then image; literal. */
char *variables_expand_text(const char *text, const struct environment *env,
			    const struct environment *image);
/* An expanded value as it is meant, for free(). */
char *variables_literal(const char *value);

/* What a script wrote into the file that CIRRUS_ENV names:
 *
 *	NAME=VALUE		up to the end of the line; may be empty
 *	NAME<<DELIMITER		the lines up to one that is DELIMITER
 *
 * Empty lines mean nothing.  Anything else is an error that names the line, and
 * nothing is taken. */
int variables_parse(const char *text, size_t len, struct environment *out,
		    struct error **err) MUST_CHECK;

#endif
