/* SPDX-License-Identifier: MIT */
/* The additional containers of a task: further members of its group, which
 * share the network of the main one, so that each is on localhost to all.
 *
 *	s = sidecars_new(scope, container, env);	NULL: there are none
 *	... create the group with sidecars_spec(s, i), i < sidecars_count(s) ...
 *	sidecars_adopt(s, members + 1);
 *	... start the main one ...
 *	sidecars_up(s, main_member, &err);
 *	sidecars_show_logs(s, &step);			where the task failed
 *	sidecars_down(s, keep);				before the main one goes
 *
 * Somebody watches each of them from its start to its end, so that waiting for a
 * container that has ended stops at once. */
#ifndef CIRRUS_RUN_SIDECARS_H
#define CIRRUS_RUN_SIDECARS_H

#include "backend/backend.h"
#include "model/environment.h"
#include "run/context.h"

struct sidecars;

/* Commands and variables are expanded with the task's. */
struct sidecars *sidecars_new(struct scope *scope, const struct container *c,
			      const struct environment *env);
void sidecars_free(struct sidecars *s); /* NULL is fine, as for all of these */
size_t sidecars_count(const struct sidecars *s);
const struct cirrus_instance_spec *sidecars_spec(const struct sidecars *s,
						 size_t i);
/* The image of one, as images.h wants it. */
const struct container *sidecars_image(const struct sidecars *s, size_t i);

/* Takes over what came of the specs, in their order. */
void sidecars_adopt(struct sidecars *s, struct member *const *members);
/* Removes what was adopted and never started, to be created once more. */
void sidecars_discard(struct sidecars *s);
/* Starts them, and returns once all their ports are open and their readiness
 * commands have succeeded. */
int sidecars_up(struct sidecars *s, struct member *main,
		struct error **err) MUST_CHECK;
/* A step for each, with the last part of what it wrote. */
void sidecars_show_logs(struct sidecars *s, int *step);
/* Ends the handles: removed, or left where they are. */
void sidecars_down(struct sidecars *s, bool keep);

#endif
