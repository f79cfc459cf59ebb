/* SPDX-License-Identifier: MIT */
/* What is known of the run so far, built from its events: tasks, their steps,
 * where the output of each is.  All formats look at this one; only the
 * reporter's thread touches it. */
#ifndef CIRRUS_REPORT_VIEW_H
#define CIRRUS_REPORT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "base/vec.h"
#include "model/event.h"

/* Of the failures and warnings that are reported about one step, so many are
 * known; all are counted. */
#define VIEW_ANNOTATIONS 1000

VEC_DEFINE(annotation_views, struct annotation *);

struct step_view {
	enum step_kind kind;
	enum event_status status; /* STATUS_NONE until it is finished */
	bool finished;
	char *name, *title; /* "build", "'build' script" */
	char *path;         /* of its log, or NULL */
	int log_fd;         /* see view_log */
	int64_t length;     /* of its output so far */
	int64_t told;       /* of it, for a format that needs to know */
	int64_t started_ns, duration_ns; /* clock_now's clock */
	int64_t at_ns;                   /* when it started, since the epoch */
	int exit_code, signal;
	char *note, *error,
		*hint;       /* the last message about it; of level error */
	char *progress_text; /* of the last progress; */
	int64_t done, total; /* summed over its items */
	struct annotation_views annotations; /* no notices */
	size_t n_annotations[ANNOTATION_LEVELS];
	struct progress_item *items;
	size_t n_items;
};

struct progress_item {
	char *item;
	int64_t done, total;
};

VEC_DEFINE(step_views, struct step_view *);

struct task_view {
	int64_t id;
	enum event_status status;
	bool finished, allowed; /* to fail */
	char *name, *suffix,
		*title;    /* "Lint", "(go:1.22)", "'Lint' Task ..." */
	struct strv notes; /* messages about the task itself */
	char *reason;      /* why it was skipped or broken off */
	int64_t started_ns, duration_ns;
	int64_t at_ns;
	struct step_views steps; /* by number; none is NULL */
};

VEC_DEFINE(task_views, struct task_view *);

struct view {
	char *run_id;
	char *project, *dir; /* NULL: not told; nothing of it is kept */
	char *options;       /* that running it again needs, or NULL */
	int64_t at_ns;
	int64_t total;           /* tasks that were selected */
	struct task_views tasks; /* in order of their starts */
	struct task_views ended; /* in order of finishing */
	int64_t duration_ns;
	int exit_code;
	bool finished;
};

void view_apply(struct view *v, const struct event *e);
void view_clear(struct view *v);

/* NULL where no event has told of it. */
struct task_view *view_task(const struct view *v, int64_t id);
struct step_view *view_step(const struct view *v, int64_t task, int step);
/* Failed, timed out, aborted or broken off. */
bool view_is_bad(enum event_status status);
/* The step that the task's failure is about, or NULL. */
struct step_view *view_culprit(const struct task_view *t);
/* One of the task's steps told its reason already. */
bool view_is_told(const struct task_view *t);
/* How many annotations of that level its steps have. */
size_t view_count(const struct task_view *t, enum annotation_level level);
/* The open log of a step, or -1. */
int view_log(struct step_view *s);
void view_log_close(struct step_view *s);

#endif
