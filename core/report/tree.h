/* SPDX-License-Identifier: MIT */
/* Tasks and their steps as the lines of a tree. */
#ifndef CIRRUS_REPORT_TREE_H
#define CIRRUS_REPORT_TREE_H

#include "base/strv.h"
#include "report/view.h"

/* How it looks. */
struct tree_style {
	const char *const *spinner; /* ended by NULL */
	const char *succeeded, *failed, *skipped;
	const char *indent;       /* as wide as a mark and a space */
	const char *full, *empty; /* of a bar */
	bool color;
	int columns; /* of the terminal; 0: as wide as it gets */
};
extern const struct tree_style tree_emoji, tree_ascii;

/* The running tasks in at most `rows` lines: the more of them there are, the
 * less is told of each. */
void tree_running(const struct view *v, const struct tree_style *style,
		  int64_t now_ns, size_t rows, struct strv *lines);
/* A finished task, for good: one line where it passed, and what there is to
 * know where it did not. */
void tree_finished(const struct task_view *t, const struct tree_style *style,
		   struct strv *lines);

#endif
