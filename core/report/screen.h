/* SPDX-License-Identifier: MIT */
/* The live lines at the end of a terminal.
 *
 * What is over is printed above them for good and scrolls away like any other
 * output; the live lines stay last and are redrawn in place.  Only what changed
 * is written, each update in one go. */
#ifndef CIRRUS_REPORT_SCREEN_H
#define CIRRUS_REPORT_SCREEN_H

#include "base/strv.h"
#include "report/out.h"

struct screen {
	struct out *out;
	int rows, columns; /* of the terminal, at the last screen_measure */
	struct strv live;  /* as they stand on the terminal */
	int live_columns;  /* the terminal's width when they were drawn */
	bool active; /* else there is no terminal, and live lines are not drawn */
};

void screen_start(struct screen *s, struct out *out);
/* Asks the terminal how large it is; true where that changed. */
bool screen_measure(struct screen *s);
/* Replaces the live lines; none is wider than the terminal. */
void screen_draw(struct screen *s, const struct strv *lines);
/* Prints a line above the live ones, which vanish until the next draw. */
void screen_print(struct screen *s, const char *line);
/* Removes the live lines and leaves the terminal as it was. */
void screen_end(struct screen *s);

/* Async-signal-safe: makes the cursor visible again, if any screen is live. */
void screen_restore(void);

#endif
