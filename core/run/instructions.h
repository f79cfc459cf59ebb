/* SPDX-License-Identifier: MIT */
/* A task's instructions, one after the other, in an environment that is up. */
#ifndef CIRRUS_RUN_INSTRUCTIONS_H
#define CIRRUS_RUN_INSTRUCTIONS_H

#include <stdbool.h>

#include "files/archive.h"
#include "model/environment.h"
#include "run/place.h"
#include "run/step.h"

/* How long each instruction of `always`, `on_failure` and `on_timeout` may take
 * once the task's own time is over. */
#define AFTERMATH_MS (5 * 60 * 1000)

struct background;
struct caches;

struct performance {
	struct place *place;
	const struct task *task;
	struct environment *env;  /* expanded; grows by CIRRUS_ENV */
	struct environment image; /* what the image brought, once asked */
	bool image_known;
	int *step; /* the next step's number */
	int64_t deadline_ns;

	/* so far */
	int64_t memory_kills;
	bool failed, timed_out, aborted;
	bool broken; /* the environment is gone: nothing more can run */
	struct background *background;
	char *http_cache;      /* what is offered as one; or NULL */
	struct caches *caches; /* that instructions so far have restored */
	struct error *err;     /* why, where broken */
	/* What scripts handed on, for the next stage; or NULL. */
	struct environment *handed;
};

/* Scripts and variables as files for PLACE_BASE. */
int instructions_files(const struct task *task, const struct environment *env,
		       struct archive_source *files,
		       struct error **err) MUST_CHECK;
/* `unresolved`: the variables refer to what only the image may define. */
void instructions_perform(struct performance *p, bool unresolved);
/* As instructions_perform, for [from, to) but those that are done already. */
void instructions_perform_some(struct performance *p, bool unresolved,
			       size_t from, size_t to, const bool *done);
void instructions_perform_one(struct performance *p, size_t index);
/* Tells that they are skipped. */
void instructions_skip(struct performance *p, size_t from, size_t to,
		       const bool *done);
/* The place is about to change. */
void instructions_leave(struct performance *p);
/* Background scripts are over; to be called before the place goes down. */
void instructions_end(struct performance *p);

/* --- for instructions that have a file of their own ------------------------- */

/* Runs scripts of the instruction at `index`, which instructions_files has put
 * into place; `part` tells several apart ("": the only ones). */
struct step_result instructions_script(struct performance *p, struct step *s,
				       const char *const *items, size_t index,
				       const char *part);
/* Has the session run a function that it knows, and waits for its end. */
struct step_result instructions_run(struct performance *p, struct step *s,
				    const char *function, const char *file);
/* Runs shell text of our own in the working directory, nobody seeing it; what it
 * writes is added to out.  SESSION_DONE: *status is its exit status. */
enum session_state instructions_ask(struct performance *p, const char *text,
				    struct buf *out, int *status) MUST_CHECK;
/* Ends the script that runs, which step is for; what cannot be ended breaks the
 * environment. */
void instructions_kill(struct performance *p, struct step *s);
/* text with the variables of task and image, for free(). */
char *instructions_expand(struct performance *p, const char *text);
/* A call into the backend did not succeed: cancelled, too late, or the
 * environment is gone.  False: none of these, err is the step's own matter. */
bool instructions_ended(struct performance *p, struct step *s,
			cirrus_status status, struct error **err,
			struct step_result *r);
/* A command that a step ran in the session: how the step ends by that. */
struct step_result instructions_by_state(struct performance *p, struct step *s,
					 enum session_state state);

/* Whether an instruction's turn comes.  Pure. */
bool instructions_due(enum behaviour b, bool failed, bool timed_out);

/* --- instruction-variables.c --------------------------------------------------- */

/* Asks the shell, once, what the image brought along. */
void instructions_learn_image(struct performance *p);
/* Hands p->env to the shell; an exec of its own gets it as it is then. */
int instructions_send_environment(struct performance *p,
				  struct error **err) MUST_CHECK;
/* With --dirty: what root made in the project becomes its owner's, where root
 * inside is root outside. */
void instructions_give_back(struct performance *p);
/* What a script handed on is there for the next. */
void instructions_take_variables(struct performance *p, struct step *s,
				 const struct buf *body);

#endif
