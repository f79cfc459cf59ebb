/* SPDX-License-Identifier: MIT */
/* How the project comes into the environments of a run.
 *
 * Where several tasks want it and it is not small, it is read once, into a volume,
 * by the task that is there first; all of them mount that copy-on-write or, with a
 * backend that has no such mounts, a clone of it each.  Otherwise, and where
 * neither can be had, it is copied into each environment.
 *
 *	workspace_choose(place, &err);
 *	workspace_add(place, files);
 *	r = place_up(place, files, &err);
 *	if (workspace_retry(place, &err))
 *		... once more, with new files
 */
#ifndef CIRRUS_RUN_WORKSPACE_H
#define CIRRUS_RUN_WORKSPACE_H

#include "files/archive.h"
#include "run/place.h"

struct workspaces;
struct workspaces *workspaces_new(void);
void workspaces_free(struct workspaces *w);
/* Removes the copies: when no task runs any more. */
void workspaces_end(struct run *run);
/* Tells of them instead, when nobody waits for that. */
void workspaces_tell(struct run *run);

/* Once a run: all tasks see the same files. */
int workspace_scan(struct run *run, struct error **err) MUST_CHECK;

/* Sets what the place mounts, and waits until the project is in it. */
int workspace_choose(struct place *p, struct error **err) MUST_CHECK;
/* Adds what has to go in beside the scripts: the project, or what is to be said
 * of its mount. */
void workspace_add(const struct place *p, struct archive_source *files);
/* Behind place_up, however it went.  True: it failed, perhaps for the mount's sake;
 * the place is gone, *err is told of and empty, and the next attempt has a copy of
 * its own. */
bool workspace_retry(struct place *p, struct error **err);
/* Behind place_down. */
void workspace_leave(struct place *p);

#endif
