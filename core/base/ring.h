/* SPDX-License-Identifier: MIT */
/* A bounded pipe between two threads of ours, without system calls: one writes,
 * the other reads.  Memory is the size given, however much flows through.
 *
 * Either side may leave first: what the reader no longer wants fails the next
 * write, and what the writer has left is still read to its end. */
#ifndef CIRRUS_BASE_RING_H
#define CIRRUS_BASE_RING_H

#include <stddef.h>
#include <sys/types.h>

#include "base/mem.h"

struct ring;
struct ring *ring_new(size_t size);
void ring_free(struct ring *r);

/* Blocks until all of it is in: 0, or -1 where the reader has left. */
int ring_write(struct ring *r, const void *data, size_t len) MUST_CHECK;
void ring_end(struct ring *r); /* nothing more is written */
/* Blocks until there is something: how much, or 0 at the end. */
size_t ring_read(struct ring *r, void *data, size_t len);
void ring_leave(struct ring *r); /* nothing more is read */

#endif
