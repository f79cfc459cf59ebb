/* SPDX-License-Identifier: MIT */
/* Background scripts: each on a line of its own, until the task ends. */
#ifndef CIRRUS_RUN_BACKGROUND_H
#define CIRRUS_RUN_BACKGROUND_H

#include "run/place.h"
#include "run/step.h"

struct background;

/* Starts one more; *list, NULL at first, keeps them.  `text` is for the shell
 * before it runs the function.  On success the step, which came from malloc, is
 * the list's to end and free. */
int background_start(struct background **list, struct place *place,
		     const char *text, struct step *step, const char *function,
		     const char *file, struct error **err) MUST_CHECK;
/* Ends all of them, and the list. */
void background_end(struct background *list);

#endif
