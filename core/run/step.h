/* SPDX-License-Identifier: MIT */
/* One step of a task on its way to the reader: its log file, which holds every
 * byte once, with secrets masked, and its events.
 *
 * Between step_begin and step_end one thread at a time writes: the pump while
 * a script runs, the task's own thread otherwise. */
#ifndef CIRRUS_RUN_STEP_H
#define CIRRUS_RUN_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/event.h"
#include "run/mask.h"
#include "run/tell.h"
#include "store/runs.h"

struct step {
	const struct teller *teller;
	int64_t task;
	int number;
	int log;
	const char *logs_dir;
	int64_t written, started_ns;
	struct mask mask;
	int write_errno;
	bool mid_line; /* what was written last did not end a line */
	bool stamps;   /* each line begins with the time of its first byte */
	bool stamped;  /* the line that is open in the log has its stamp */
	/* Sees every byte as the script wrote it; or NULL. */
	void (*tap)(void *ctx, const char *data, size_t len);
	void *tap_ctx;
};

/* A step that nobody sees: what a script writes goes to the tap alone.  Needs
 * neither begin nor end. */
#define STEP_TAP(fn, arg)                                \
	{                                                \
		.log = -1, .tap = (fn), .tap_ctx = (arg) \
	}

/* Numbers are the caller's to count.  A log that cannot be made is a warning:
 * the step itself goes on. */
void step_begin(struct step *s, const struct teller *teller,
		struct run_logs *logs, int64_t task, int number,
		enum step_kind kind, const char *title);
void step_write(struct step *s, const char *data, size_t len);
/* A line of our own, which begins where no line of a script's goes on. */
void step_say(struct step *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Something that was reported, behind all that was written so far. */
void step_annotate(struct step *s, const struct annotation *a);
struct step_result {
	enum event_status status;
	int exit_code, signal;
	const char *why; /* or NULL */
};
void step_end(struct step *s, const struct step_result *r);

#endif
