/* SPDX-License-Identifier: MIT */
/* One exec for each instruction: for backends that give neither the main process
 * nor an exec an input, so that no session can be held (place.h: `each`).
 *
 * The place's session is there all the same, with nobody at its far end: execs
 * write to it, and when one has ended the answer is put behind its output, so
 * that all of the output has arrived once the answer has. */
#ifndef CIRRUS_RUN_EACH_H
#define CIRRUS_RUN_EACH_H

#include "base/strv.h"
#include "files/archive.h"
#include "model/environment.h"
#include "run/place.h"

/* What has to be in the place before the first exec. */
void each_files(struct archive_source *files);

/* The command that runs PLACE_BASE's script `file`: by CIRRUS_SHELL, else by
 * bash where there is one, else by sh. */
int each_script(struct strv *argv, const struct environment *env,
		const char *file, struct error **err) MUST_CHECK;

struct each_job {
	const struct strv *argv;
	const struct environment *env; /* NULL: only what the image brings */
	struct step *step;             /* NULL: its output is lost */
	int64_t deadline_ns;
};
/* Runs it to its end; result->body is what it left in its CIRRUS_ENV file.  What
 * did not end in time or was cancelled has been killed.  SESSION_LOST: err says
 * why. */
enum session_state each_run(struct place *p, const struct each_job *job,
			    struct session_result *result,
			    struct error **err) MUST_CHECK;
/* As each_run, with \001 between the image's own variables in result->body. */
enum session_state each_environ(struct place *p, int64_t deadline_ns,
				struct session_result *result) MUST_CHECK;

/* Makes a file, and the directories above it; path may be relative to the
 * working directory. */
int each_write(struct place *p, const char *path, const char *text,
	       struct error **err) MUST_CHECK;

#endif
