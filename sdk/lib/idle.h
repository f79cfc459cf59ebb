/* SPDX-License-Identifier: MIT */
/* The program that keeps an idle container alive.  An image may have no shell and
 * no sleep, so we bring our own: a few instructions that wait for TERM or INT,
 * and let the kernel reap what becomes an orphan, as process 1 must.
 *
 * It is the engine's kernel that runs it, which needs neither to be of our
 * machine's kind nor of the image's: hence machine code in a table rather than
 * something that our compiler made. */
#ifndef CIRRUS_SDK_IDLE_H
#define CIRRUS_SDK_IDLE_H

#include "base/buf.h"

#define IDLE_PATH "/.cirrus-idle"

/* The program as an ELF file for Linux on arch (an OCI name: "amd64"), appended
 * to out; false: we have none. */
bool idle_program(const char *arch, struct buf *out);

#endif
