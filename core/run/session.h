/* SPDX-License-Identifier: MIT */
/* The near end of a session: one shell per task, told what to do line by line,
 * answering with one record per script (record.h).  core/run/session.sh is the
 * far end.
 *
 *	session_new(pump, &s, &err);
 *	member_start(m, ..., session_stdin(s), session_stdout(s));
 *	session_begin(s);
 *	session_run(s, &step, "cirrus_script", "0");
 *	session_wait(s, cancel_fd, deadline, &result);
 *
 * What goes in is
 *
 *	NONCE
 *	run FUNCTION FILE	answered when the script has ended
 *	eval			then shell text up to a line that is the nonce
 *	environ			answered with NAME=VALUE, each ended by \001
 *	stay			answered; then it goes on when we are gone
 *
 * One thread uses a session; the pump feeds it. */
#ifndef CIRRUS_RUN_SESSION_H
#define CIRRUS_RUN_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "run/pump.h"
#include "run/step.h"

extern const char session_driver[]; /* the text of session.sh */

struct session;
int session_new(struct pump *pump, struct session **out,
		struct error **err) MUST_CHECK;
void session_free(struct session *s);
/* The far ends of the pipes, until session_begin closes them. */
int session_stdin(const struct session *s);
int session_stdout(const struct session *s);
void session_begin(struct session *s);
/* Where the shell runs SESSION_WAITS, with the driver's file as $0, as that is not
 * there yet when it starts: now it is.  Before session_begin. */
#define SESSION_WAITS "read -r filled && . \"$0\""
void session_filled(struct session *s);

/* Have the shell run a script, its output going to step until the record is
 * there.  Never blocks on the script. */
void session_run(struct session *s, struct step *step, const char *function,
		 const char *file);
void session_eval(struct session *s, const char *text);
void session_environ(struct session *s);
void session_stay(struct session *s);

/* Where no shell is at the far end and session_begin was never called (each.h):
 * what is written to session_stdout from here on is the step's (or nobody's:
 * NULL), up to the answer that the caller gives in the shell's place. */
void session_expect(struct session *s, struct step *step);
void session_answer(struct session *s, int status, bool died,
		    const struct buf *body);

enum session_state {
	SESSION_DONE, /* *result is filled */
	SESSION_CANCELLED,
	SESSION_TIMEOUT, /* may be waited for again */
	SESSION_LOST     /* the stream ended without a record */
};
struct session_result {
	int status;
	bool died;              /* of signal status - 128 */
	const struct buf *body; /* until the next session_run or _environ */
};
enum session_state session_wait(struct session *s, int cancel_fd,
				int64_t deadline_ns,
				struct session_result *result) MUST_CHECK;
/* Has a shell end that has nothing to do, and gives it a moment for that: what has
 * ended by itself is quicker to delete than what has to be killed. */
void session_leave(struct session *s);
/* No more output to the step, record or not. */
void session_detach(struct session *s);

#endif
