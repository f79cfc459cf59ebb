/* SPDX-License-Identifier: MIT */
/* The place where one task runs: its environment from creation to deletion,
 * with the project and the scripts in it and a session held to its shell.
 *
 * The fewest calls to an engine: inspect the image (once per run), create, one
 * archive in, start with the session attached, delete.  Where the backend cannot
 * attach, the session is one long exec; where that has no input either, or
 * the image has no shell, every instruction is an exec of its own (each.h). */
#ifndef CIRRUS_RUN_PLACE_H
#define CIRRUS_RUN_PLACE_H

#include "base/error.h"
#include "files/archive.h"
#include "run/context.h"
#include "run/session.h"

#define PLACE_BASE        "/tmp/cirrus-ci/session"
#define PLACE_WORKING_DIR "/tmp/cirrus-ci/working-dir"

struct sidecars;
struct wants;

struct place {
	struct scope *scope;
	const struct task *task;
	const struct container *container; /* what it is to be */
	struct sidecars *sidecars;         /* NULL: no additional ones */
	const struct wants *wants;         /* of its block; or NULL */
	const char *working_dir;           /* inside; absolute */
	const char *volume;                /* that is mounted there; or NULL */
	bool shared;                       /* ... copy-on-write */
	char *clone;                       /* the volume, where it is its own */
	const char *suffix;                /* of its name; or NULL */
	struct image image;
	struct member *member;
	struct session *session;
	struct line *line; /* where the session is an exec of its own */
	bool expose;       /* place_expose will be called; before place_up */
	bool direct;       /* no instruction wants a shell */
	bool each; /* there is no session, but one exec per instruction */
	struct cirrus_instance_info info; /* how a person can get at it */
	bool is_up;         /* its own container, not yet the additional ones */
	bool stays;         /* its main process outlives the session */
	struct place *next; /* of the run's list */
};

/* Creates it, fills it, starts it.  What fails halfway is for place_down to
 * remove.  `files` come into PLACE_BASE. */
int place_up(struct place *p, struct archive_source *files,
	     struct error **err) MUST_CHECK;
/* Creates it for nothing but to have files put into a directory of it that is
 * there, and starts it only where that is quicker.  place_discard ends it. */
int place_fill(struct place *p, const char *dir, struct archive_source *files,
	       struct error **err) MUST_CHECK;
/* Without leave to give files away, everybody may use them. */
bool place_opens_to_all(const struct place *p);
/* Puts more files in, named from the root on. */
int place_copy_in(struct place *p, struct archive_source *files,
		  struct error **err) MUST_CHECK;
/* The tar stream of what lies in a directory (paths NULL: all of it), names
 * relative to it; and the way back, making the directory where it is not
 * there. */
cirrus_status place_read(struct place *p, int64_t deadline_ns, const char *dir,
			 const char *const *paths,
			 const struct cirrus_writer *tar,
			 struct error **err) MUST_CHECK;
cirrus_status place_write(struct place *p, int64_t deadline_ns, const char *dir,
			  const struct cirrus_reader *tar,
			  struct error **err) MUST_CHECK;
/* Who the image's processes run as, where that is not root; else NULL. */
const char *place_user(const struct place *p);
/* A socket of ours ("unix:/path") as a port inside; 0: any.  EXISTS: the port. */
cirrus_status place_expose(struct place *p, const char *target, uint32_t port,
			   char *address, size_t size,
			   struct error **err) MUST_CHECK;
/* Kills the script that runs, so that its record comes. */
int place_kill_script(struct place *p, struct error **err) MUST_CHECK;
/* That the image has no shell, and what to do about it; -1. */
int place_lacks_shell(const struct place *p, struct error **err);
/* Why the session broke off: fills *err. */
void place_explain(struct place *p, bool *out_of_memory, struct error **err);
/* Tells of every environment that is still there, and how to remove it: when
 * nobody waits for their end any more. */
void place_tell_all(struct run *run);
/* Has it go on without us, for --keep. */
void place_stay(struct place *p);
/* Removes it also with --keep: it was of no use.  It can be brought up again. */
void place_discard(struct place *p);
/* Removes it, whatever state it is in; failing that, says how a person can. */
void place_down(struct place *p);

/* A session of its own, through an exec, next to the main one. */
struct line;
int line_open(struct place *p, const char *own, struct line **out,
	      struct error **err) MUST_CHECK;
struct session *line_session(struct line *l);
void line_close(struct line *l);

#endif
