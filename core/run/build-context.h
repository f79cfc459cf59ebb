/* SPDX-License-Identifier: MIT */
/* What the build of an image sees: the project as tasks see it, or a directory
 * of it (CIRRUS_DOCKER_CONTEXT), without what .dockerignore leaves out.  The
 * Dockerfile comes along wherever it is. */
#ifndef CIRRUS_RUN_BUILD_CONTEXT_H
#define CIRRUS_RUN_BUILD_CONTEXT_H

#include "files/archive.h"
#include "files/project.h"

struct build_context {
	struct project tree;
	struct archive_source *tar;
	char *dockerfile; /* its name in the archive */
};

struct build_context_input {
	const char *project_dir, *working_dir; /* of the project; in tasks */
	const char *dockerfile;                /* relative to the project */
	bool no_gitignore;
	const char *context; /* as CIRRUS_DOCKER_CONTEXT says, or NULL */
};

int build_context_open(const struct build_context_input *in,
		       struct build_context *out,
		       struct error **err) MUST_CHECK;
void build_context_clear(struct build_context *b);
#define AUTO_BUILD_CONTEXT __attribute__((__cleanup__(build_context_clear)))

#endif
