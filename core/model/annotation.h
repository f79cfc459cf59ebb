/* SPDX-License-Identifier: MIT */
/* What a tool had to say about the sources, wherever it wrote it: a test that
 * failed, a line that a linter does not like. */
#ifndef CIRRUS_MODEL_ANNOTATION_H
#define CIRRUS_MODEL_ANNOTATION_H

enum annotation_level {
	ANNOTATION_NOTICE,
	ANNOTATION_WARNING,
	ANNOTATION_FAILURE
};
#define ANNOTATION_LEVELS 3

struct annotation {
	enum annotation_level level;
	char *title, *details; /* a line; some lines; or NULL */
	char *path; /* relative to the working directory if in it; or NULL */
	int start_line, end_line; /* counted from 1; 0: not known */
	int start_column, end_column;
};

struct annotation *annotation_new(enum annotation_level level);
struct annotation *annotation_copy(const struct annotation *a);
void annotation_free(struct annotation *a);

const char *annotation_level_name(enum annotation_level level); /* "failure" */

#endif
