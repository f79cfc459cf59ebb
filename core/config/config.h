/* SPDX-License-Identifier: MIT */
/* .cirrus.yml -> tasks.  Pure: no engine, no clock, no process environment; the
 * file system is behind config_files, so that tests bring their own.
 *
 *	struct config_input in = {.text = text, .len = len, .path = ".cirrus.yml"};
 *	AUTO_TASKS struct tasks *tasks = NULL;
 *
 *	if (config_parse(&in, &tasks, &err) < 0)
 *		...
 */
#ifndef CIRRUS_CONFIG_CONFIG_H
#define CIRRUS_CONFIG_CONFIG_H

#include "base/error.h"
#include "model/environment.h"
#include "model/task.h"

/* How the parse looks at the project. */
struct config_files {
	void *ctx;
	/* The contents of a file of the project, to be freed, with their length;
	 * -1 where it cannot be read. */
	int (*read)(void *ctx, const char *path, char **data, size_t *len);
	/* Calls each for every file below a directory of the project: those of
	 * a directory before those of its subdirectories, each in byte order;
	 * -1 where there is no such directory. */
	int (*walk)(void *ctx, const char *path,
		    void (*each)(void *each_ctx, const char *path),
		    void *each_ctx);
};

struct config_input {
	const char *text; /* the configuration */
	size_t len;
	const char *path;                  /* for messages */
	const struct environment *env;     /* P of the language */
	const char *const *affected_files; /* NULL: not known */
	const struct config_files *files;  /* NULL: no files */
	size_t max_tasks; /* more are an error; 0: MAX_TASKS of parser.h */
};

/* On failure the error's message is "PATH:LINE:COLUMN: what" where there is a
 * position; *at (may be NULL) tells it apart, line 0 where there is none. */
int config_parse(const struct config_input *in, struct tasks **out,
		 struct position *at, struct error **err) MUST_CHECK;

#endif
