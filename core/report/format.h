/* SPDX-License-Identifier: MIT */
/* What a format is, inside of report/. */
#ifndef CIRRUS_REPORT_FORMAT_H
#define CIRRUS_REPORT_FORMAT_H

#include "report/out.h"
#include "report/report.h"
#include "report/view.h"

/* What every format works with. */
struct report {
	struct report_options o;
	const struct format *format;
	bool color, color_err; /* on which of the two */
	struct out out, err;
	struct view
		view; /* brought up to date before a format gets the event */
	void *state;  /* the format's own */
};

struct format {
	const char *name;
	void (*start)(struct report *r);
	/* Takes the event over. */
	void (*event)(struct report *r, struct event *e);
	/* Nothing more is waiting: when to be called again if nothing comes
	 * (clock_now's clock; 0: never).  What was added is flushed after. */
	int64_t (*idle)(struct report *r);
	void (*end)(struct report *r);
	/* The terminal is somebody else's for a while; NULL: no matter. */
	void (*pause)(struct report *r);
	void (*resume)(struct report *r);
};

extern const struct format format_simple, format_github_actions, format_travis,
	format_teamcity, format_json, format_interactive, format_noemoji;

/* The colours in which statuses are told. */
enum color { COLOR_RED = 1, COLOR_GREEN, COLOR_YELLOW };
enum color color_of_status(enum event_status status);
enum color color_of_level(enum annotation_level level);

/* How a task failed, for somebody about to look for the reason. */
void summary_print_failure(struct report *r, const struct task_view *t);
/* Result line and summary, on stderr, once the run is finished. */
void summary_print(struct report *r);

#endif
