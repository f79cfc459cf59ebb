/* SPDX-License-Identifier: MIT */
/* A crash inside a plugin ends the program with the names of plugin and
 * operation and status 3; one of ours with status 4.
 *
 * Each thread notes what it is about to call; the handler, which does only what
 * a signal handler may, reads the note of the thread that crashed. */
#ifndef CIRRUS_BACKEND_CRASH_H
#define CIRRUS_BACKEND_CRASH_H

/* The strings must live until crash_leave. */
void crash_enter(const char *backend, const char *op);
void crash_leave(void);

/* What a thread has noted, to put it aside while the plugin calls us back. */
struct crash_note {
	const char *backend, *op;
};
struct crash_note crash_put_aside(void);
void crash_restore(struct crash_note note);

/* Lets signals kill this process again, as the system does it. */
void crash_default(void);

/* "segmentation fault"; for any signal that a plugin can die of. */
const char *crash_signal_text(int number);

#endif
