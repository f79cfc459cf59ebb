/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/event.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

struct event *event_new(enum event_type type, int64_t task, int step)
{
	struct event *e = xcalloc(1, sizeof(*e));

	e->type = type;
	e->level = LEVEL_INFO;
	e->task = task;
	e->step = step;
	e->at_ns = clock_epoch();
	return e;
}

void event_free(struct event *e)
{
	if (!e)
		return;
	free(e->title);
	free(e->title_suffix);
	free(e->item);
	free(e->text);
	free(e->hint);
	free(e->path);
	annotation_free(e->annotation);
	free(e);
}

const char *event_type_name(enum event_type type)
{
	static const char *const names[] = {
		[EVENT_RUN_STARTED] = "run_started",
		[EVENT_TASK_STARTED] = "task_started",
		[EVENT_STEP_STARTED] = "step_started",
		[EVENT_OUTPUT] = "output",
		[EVENT_PROGRESS] = "progress",
		[EVENT_MESSAGE] = "message",
		[EVENT_ANNOTATION] = "annotation",
		[EVENT_STEP_FINISHED] = "step_finished",
		[EVENT_TASK_FINISHED] = "task_finished",
		[EVENT_RUN_FINISHED] = "run_finished",
	};

	return names[type];
}

const char *event_status_name(enum event_status s)
{
	static const char *const names[] = {
		[STATUS_NONE] = "none",       [STATUS_SUCCEEDED] = "succeeded",
		[STATUS_FAILED] = "failed",   [STATUS_TIMED_OUT] = "timed_out",
		[STATUS_SKIPPED] = "skipped", [STATUS_ABORTED] = "aborted",
		[STATUS_ERROR] = "error",
	};

	return names[s];
}

const char *event_level_name(enum event_level level)
{
	static const char *const names[] = {
		[LEVEL_ERROR] = "error",
		[LEVEL_WARNING] = "warning",
		[LEVEL_INFO] = "info",
		[LEVEL_DEBUG] = "debug",
	};

	return names[level];
}

const char *step_kind_name(enum step_kind kind)
{
	static const char *const names[] = {
		[STEP_PREPARE] = "prepare",
		[STEP_IMAGE_PULL] = "image_pull",
		[STEP_SCRIPT] = "script",
		[STEP_BACKGROUND_SCRIPT] = "background_script",
		[STEP_CACHE] = "cache",
		[STEP_UPLOAD_CACHE] = "upload_cache",
		[STEP_FILE] = "file",
		[STEP_ARTIFACTS] = "artifacts",
		[STEP_OTHER] = "other",
	};

	return names[kind];
}
