/* SPDX-License-Identifier: MIT */
/* Everything that happens in a run, in the order in which it is to be told.
 *
 * run/ makes events and puts them into one queue; report/ takes them out on its
 * own thread and is the only one who knows that a screen exists.  An event owns
 * its strings and is freed by the taker.  Output itself is not in here: it is
 * in the log file of its step, and EVENT_OUTPUT says which bytes are new.
 *
 * Per task the order is
 *
 *	TASK_STARTED { STEP_STARTED { OUTPUT | PROGRESS | MESSAGE | ANNOTATION }
 *	STEP_FINISHED } TASK_FINISHED
 *
 * with background scripts' OUTPUT and STEP_FINISHED at any later place before
 * TASK_FINISHED.  Tasks interleave.  RUN_STARTED is the first, RUN_FINISHED the
 * last.  `-o json` prints these, one object a line: cirrus-run(1), "JSON
 * EVENTS", is its schema. */
#ifndef CIRRUS_MODEL_EVENT_H
#define CIRRUS_MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/annotation.h"

enum event_type {
	EVENT_RUN_STARTED,   /* text: the run's id; total: how many tasks;
			      * title: the project; path: what lasts of it */
	EVENT_TASK_STARTED,  /* title, title_suffix */
	EVENT_STEP_STARTED,  /* step, step_kind, title; path: its log file */
	EVENT_OUTPUT,        /* step; offset, length: new bytes in its log */
	EVENT_PROGRESS,      /* step; item, text (what), done, total */
	EVENT_MESSAGE,       /* level, text; hint; task and step may be -1 */
	EVENT_ANNOTATION,    /* step; annotation */
	EVENT_STEP_FINISHED, /* step, status, duration; exit_code, signal */
	EVENT_TASK_FINISHED, /* status, duration; text: the reason */
	EVENT_RUN_FINISHED   /* status, duration; exit_code: of the program */
};

enum event_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };

enum step_kind {
	STEP_PREPARE,    /* "Preparing execution environment..." */
	STEP_IMAGE_PULL, /* "image pull" */
	STEP_SCRIPT,
	STEP_BACKGROUND_SCRIPT,
	STEP_CACHE,
	STEP_UPLOAD_CACHE,
	STEP_FILE,
	STEP_ARTIFACTS,
	STEP_OTHER
};

enum event_status {
	STATUS_NONE,
	STATUS_SUCCEEDED,
	STATUS_FAILED, /* its script said so */
	STATUS_TIMED_OUT,
	STATUS_SKIPPED, /* never started: text says why */
	STATUS_ABORTED, /* a person or a signal */
	STATUS_ERROR    /* the engine or the machine, not the script */
};

struct event {
	enum event_type type;
	enum event_level level;
	enum step_kind step_kind;
	enum event_status status;
	int64_t task;  /* id in the configuration, or -1 */
	int step;      /* counted from 0 within its task, or -1 */
	int64_t at_ns; /* since the epoch */
	int64_t duration_ns;
	int64_t offset, length;
	int64_t done, total; /* of a progress: bytes unless total is 0 */
	int exit_code, signal;
	bool allowed;       /* of a task's failure: it fails nothing else */
	char *title;        /* the bare name of task or step: "Lint", "build" */
	char *title_suffix; /* labels of a task: "(go:1.22 linux)", or NULL */
	char *item, *text, *hint, *path;
	struct annotation *annotation;
};

struct event *event_new(enum event_type type, int64_t task, int step);
void event_free(struct event *e);

const char *event_type_name(enum event_type type);    /* "step_started" */
const char *event_status_name(enum event_status s);   /* "timed_out" */
const char *event_level_name(enum event_level level); /* "warning" */
const char *step_kind_name(enum step_kind kind);      /* "script" */

#endif
