/* SPDX-License-Identifier: MIT */
/* The callbacks that an operation is given, with our own in front: they count
 * what a reader has handed out, so that a call is not repeated with the rest of
 * a stream, and a crash in the host's half is not laid at the plugin's door. */
#ifndef CIRRUS_BACKEND_GUARD_H
#define CIRRUS_BACKEND_GUARD_H

#include <cirrus/backend.h>
#include <stdint.h>

struct guarded_reader {
	struct cirrus_reader pub;
	const struct cirrus_reader *inner;
	uint64_t taken; /* bytes */
};
struct guarded_writer {
	struct cirrus_writer pub;
	const struct cirrus_writer *inner;
};
struct guarded_sink {
	struct cirrus_sink pub;
	const struct cirrus_sink *inner;
};

/* A NULL reader is at its end, a NULL writer or sink throws away. */
void guard_reader(struct guarded_reader *g, const struct cirrus_reader *inner);
void guard_writer(struct guarded_writer *g, const struct cirrus_writer *inner);
void guard_sink(struct guarded_sink *g, const struct cirrus_sink *inner);

#endif
