/* SPDX-License-Identifier: MIT */
/* One stream, two speakers: takes the records of a session's shell out of the
 * bytes that scripts write.
 *
 * A record is NONCE " " STATUS " " DIED ":" BODY NONCE "\n", written by
 * core/run/session.sh.  No script ever sees the nonce, so whatever else looks
 * like a record is output, and output leaves here byte for byte.  What might be
 * the beginning of a nonce is held until the next bytes tell. */
#ifndef CIRRUS_RUN_RECORD_H
#define CIRRUS_RUN_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct record {
	int status; /* as the shell's $? */
	bool died;  /* of a signal: 128 + its number */
	const char *body;
	size_t body_len;
};

struct record_sink {
	void *ctx;
	void (*output)(void *ctx, const char *data, size_t len);
	/* The record's strings are valid during the call. */
	void (*record)(void *ctx, const struct record *r);
};

#define RECORD_NONCE 34 /* a byte that text rarely has, 32 digits, a NUL */

struct record_parser {
	struct record_sink sink;
	char nonce[RECORD_NONCE];
	struct buf held; /* a possible nonce, or a record so far */
	bool inside;     /* held begins with a nonce */
	bool broken; /* a record that makes no sense: output until the end */
};

/* Makes up a nonce. */
void record_parser_init(struct record_parser *p,
			const struct record_sink *sink);
void record_parser_feed(struct record_parser *p, const char *data, size_t len);
/* The stream has ended: gives out what is held. */
void record_parser_end(struct record_parser *p);
void record_parser_clear(struct record_parser *p);

#endif
