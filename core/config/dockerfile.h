/* SPDX-License-Identifier: MIT */
/* What a Dockerfile reads from the build context.
 *
 * dockerfile-text.c   bytes -> instructions (comments, continuations, heredocs)
 * dockerfile-word.c   words, quotes and variables
 * dockerfile.c        stages, and which sources the last one needs
 * dockerfile-buildkit.c  what only BuildKit builds
 *
 * All of it lives in an arena; a function that fails returns what is wrong. */
#ifndef CIRRUS_CONFIG_DOCKERFILE_H
#define CIRRUS_CONFIG_DOCKERFILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/vec.h"
#include "config/vars.h"

VEC_DEFINE(words, const char *);

/* One instruction with its flags ("--from=x", without the dashes). */
struct docker_line {
	const char *name; /* upper case */
	const char *args; /* behind the flags */
	struct words flags;
	int number; /* of its first line */
	int heredocs;
	struct docker_line *next;
};

/* The instructions in order; on failure *why says what is wrong. */
struct docker_line *dockerfile_lines(struct arena *a, const char *text,
				     char *escape, const char **why);
void dockerfile_lines_clear(struct docker_line *first);
const char *dockerfile_flag(const struct docker_line *l, const char *name);

/* The value of a directive ("syntax") among the comments at the very top, in the
 * arena, or NULL. */
const char *dockerfile_directive(struct arena *a, const char *text,
				 const char *name);

/* The words of text, with quotes removed and variables replaced. */
const char *dockerfile_word(struct arena *a, const char *text, char escape,
			    const struct vars *vars, const char **out);
/* COPY's arguments: a JSON list, or words between blanks; as they stand. */
void dockerfile_split(struct arena *a, const char *args, struct words *out);

/* Both parts as one path, without "." and "..", as far as that goes. */
const char *dockerfile_join(struct arena *a, const char *dir, const char *path);

/* The paths in the build context that the last stage reads, sorted, each once;
 * empty where there is none or where the whole context counts. */
const char *dockerfile_sources(struct arena *a, const char *text,
			       const struct pairs *arguments,
			       const char *const **sources);

/* What of it only BuildKit understands, with its line ("line 3: RUN --mount");
 * NULL: nothing.  *wanted: it names BuildKit's own language, of which it may use
 * nothing else. */
const char *dockerfile_buildkit(struct arena *a, const char *text,
				bool *wanted);

#endif
