/* SPDX-License-Identifier: MIT */
/* Takes apart the frames in which the Engine API sends stdout and stderr over
 * one connection: eight bytes of header (stream, 0, 0, 0, length as 32 bits,
 * most significant byte first) and the payload.  With a terminal there are no
 * frames.  (docs.docker.com/reference/api/engine, "ContainerAttach".)
 *
 * Frames may be of any length and arrive cut anywhere:
 *
 *	struct demux d = {0};
 *	struct demux_piece p;
 *
 *	while (len > 0) {
 *		size_t used = demux_next(&d, data, len, &p);
 *
 *		if (d.garbled)
 *			...
 *		if (p.len)
 *			write(p.stream == CIRRUS_STDERR ? 2 : 1, p.data, p.len);
 *		data += used, len -= used;
 *	}
 */
#ifndef CIRRUS_SDK_DEMUX_H
#define CIRRUS_SDK_DEMUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct demux {
	bool raw;     /* no frames: all of it is stdout */
	bool garbled; /* what came is no frame; nothing more is taken */
	unsigned char head[8];
	uint32_t have; /* bytes of head that are there */
	uint32_t left; /* bytes of payload still to come */
};

struct demux_piece {
	int stream; /* CIRRUS_STDOUT, CIRRUS_STDERR, or DEMUX_ENGINE */
	const char *data;
	size_t len; /* 0: a header, or part of one, was taken */
};

/* The engine itself speaks: an error that ended the stream. */
enum { DEMUX_ENGINE = 3 };

/* Takes from the front of data what makes one piece; how much that was. */
size_t demux_next(struct demux *d, const char *data, size_t len,
		  struct demux_piece *piece);
/* False where the stream must not end here: inside a frame. */
bool demux_at_boundary(const struct demux *d);

#endif
