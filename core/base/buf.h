/* SPDX-License-Identifier: MIT */
/* The one growable string and byte buffer.
 *
 * Invariants: data is never NULL and always ends in a NUL that len does not
 * count; the contents may hold NULs of their own.  Every buffer has a hard cap,
 * given at its birth, so that nobody's input can size our memory: what would
 * exceed it is refused, the contents stay as they were, and `overflow` is set
 * and stays set, so that a series of additions needs one check at its end.
 *
 *	AUTO_BUF struct buf b = BUF_INIT(4096);
 *
 *	buf_addf(&b, "%s/", dir);
 *	buf_adds(&b, name);
 *	if (b.overflow)
 *		return error_set(err, ERR_LIMIT, "path too long: %s/%s", dir, name);
 *	return buf_steal(&b);
 *
 * Not safe between threads; each buffer has one owner. */
#ifndef CIRRUS_BASE_BUF_H
#define CIRRUS_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct buf {
	char *data;
	size_t len;
	size_t cap; /* bytes allocated, the NUL's included; 0: data is static */
	size_t max; /* len never exceeds it */
	bool overflow;
};

extern char buf_empty_[1];
#define BUF_INIT(limit)                            \
	{                                          \
		.data = buf_empty_, .max = (limit) \
	}

/* Limits that callers share, so that they can be found in one place. */
#define BUF_LINE    (64u * 1024)        /* a line, a path, a message */
#define BUF_MESSAGE (1024u * 1024)      /* an API answer, a small file */
#define BUF_FILE    (64u * 1024 * 1024) /* a file that people write */

void buf_init(struct buf *b, size_t max);
void buf_clear(struct buf *b); /* frees; the buffer is empty and usable again */
void buf_reset(struct buf *b); /* empties, keeps the memory, forgets overflow */

/* All return 0, or -1 where the cap was hit. */
int buf_add(struct buf *b, const void *data, size_t len);
int buf_adds(struct buf *b, const char *s);
int buf_addc(struct buf *b, char c);
int buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
int buf_vaddf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/* Room for at least len more bytes: returns where to write them, or NULL at
 * the cap.  Say with buf_grown how many were written. */
char *buf_room(struct buf *b, size_t len);
void buf_grown(struct buf *b, size_t len);

void buf_truncate(struct buf *b, size_t len);
void buf_consume(struct buf *b, size_t len); /* removes from the front */

/* The contents, for free(); the buffer is empty afterwards. */
char *buf_steal(struct buf *b);

#define AUTO_BUF __attribute__((__cleanup__(buf_clear)))

#endif
