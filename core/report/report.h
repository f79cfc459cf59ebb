/* SPDX-License-Identifier: MIT */
/* Events -> what people and machines read, on a thread of its own. */
#ifndef CIRRUS_REPORT_REPORT_H
#define CIRRUS_REPORT_REPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/queue.h"
#include "model/event.h"

struct report_options {
	const char *format; /* auto interactive noemoji simple json ... */
	bool verbose;       /* debug messages too */
	bool quiet;         /* only failures and the result */
	int out_fd, err_fd; /* stdout, stderr */
	const char *page;   /* a file for the run as HTML, or NULL */
	const char *junit;  /* ... as JUnit's XML */
	const char
		*options; /* for the shell: to run a task again so; or NULL */
	bool keep; /* write what is known of the run to where its logs are */
	struct queue *events; /* taken from until it is closed and empty */
};

struct reporter;
/* Refuses an unknown format, naming the choices, and files that cannot be
 * written. */
int reporter_start(const struct report_options *o, struct reporter **out,
		   struct error **err) MUST_CHECK;
/* Waits until the queue is drained, then ends the thread.  Fails where not
 * everything could be written, as on a full disk. */
int reporter_finish(struct reporter *r, struct error **err) MUST_CHECK;
/* Tells all that has happened, and how the task failed, then leaves the terminal
 * to the caller until reporter_resume.  Another thread's; not twice at once. */
void reporter_pause(struct reporter *r, int64_t task);
void reporter_resume(struct reporter *r);
/* Async-signal-safe, for the end that nobody planned: if a reporter draws on a
 * terminal, the cursor is made visible again. */
void reporter_restore_terminal(void);
/* The names of all formats, "auto" first, ended by a NULL. */
extern const char *const reporter_formats[];

#endif
