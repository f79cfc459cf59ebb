/* SPDX-License-Identifier: MIT */
/* Hears of the terminal's new size when it comes (SIGWINCH), so that nobody has
 * to ask again and again.  One at a time. */
#ifndef CIRRUS_REPORT_RESIZE_H
#define CIRRUS_REPORT_RESIZE_H

#include <stdbool.h>

#include "base/queue.h"

/* Wakes the queue's taker each time; where that cannot be had, nothing does. */
void resize_start(struct queue *wakes);
/* Whether there was one since the last call. */
bool resize_taken(void);
void resize_stop(void);

#endif
