/* SPDX-License-Identifier: MIT */
/* Pipes: a task in stages, each in a container of its own image, one after
 * another over the same working directory. */
#ifndef CIRRUS_RUN_PIPE_H
#define CIRRUS_RUN_PIPE_H

#include "run/context.h"
#include "run/instructions.h"

/* The instructions [from, to) of one stage, and its image. */
struct stage {
	size_t from, to;
	const char *image;
};
/* The stage that begins at s->to; false: there are no more.  A zeroed struct is
 * before the first.  Pure. */
bool stage_next(const struct task *task, struct stage *s);
/* Whether any of its instructions has its turn; else its image need not even be
 * pulled.  Pure. */
bool stage_due(const struct task *task, const struct stage *s, bool failed,
	       bool timed_out);

/* The volume that the stages share, for free(); NULL: an error, or none is needed
 * or to be had. */
char *pipe_volume(struct scope *scope, struct error **err);
/* The working directory as a stage leaves it, in a file (-1: there is none yet),
 * where there is a next stage and no volume that they share. */
int pipe_take(struct performance *p, const struct stage *s, int *file,
	      struct error **err) MUST_CHECK;
/* Has a later stage have it, for whoever its processes run as: from the file, or as
 * it lies in the volume. */
int pipe_hand_on(struct place *p, int file, struct error **err) MUST_CHECK;

/* Caches whose folders go down with this stage are uploaded now; done[i] is set
 * for each instruction that was performed. */
void pipe_upload_early(struct performance *p, const struct stage *s,
		       bool *done);

#endif
