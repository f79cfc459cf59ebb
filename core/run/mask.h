/* SPDX-License-Identifier: MIT */
/* Secrets, and a filter that takes them out of a stream.
 *
 * A secret may be cut in two by any chunk border: what could be its beginning
 * is held back until the next bytes tell.  A secret of several lines is also
 * recognised line by line, because programs indent and re-wrap. */
#ifndef CIRRUS_RUN_MASK_H
#define CIRRUS_RUN_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

#define MASK_TEXT "HIDDEN-BY-CIRRUS-CI"

/* Any thread adds, any thread reads; texts are never removed. */
struct secrets;
struct secrets *secrets_new(void);
void secrets_free(struct secrets *s);
/* Empty texts are no secrets. */
void secrets_add(struct secrets *s, const char *text);
/* text with every secret replaced, for free(). */
char *secrets_mask(struct secrets *s, const char *text);
/* The same for a message and its hint. */
void secrets_mask_error(struct secrets *s, struct error *err);

/* One filter per stream. */
struct mask {
	struct secrets *secrets;
	struct buf held;
	size_t covered; /* bytes of held whose mask is out already */
	void (*put)(void *ctx, const char *data, size_t len);
	void *ctx;
};

void mask_init(struct mask *m, struct secrets *secrets,
	       void (*put)(void *ctx, const char *data, size_t len), void *ctx);
void mask_feed(struct mask *m, const char *data, size_t len);
/* The stream has ended, or nothing more is to be expected for now. */
void mask_flush(struct mask *m);
void mask_clear(struct mask *m);

#endif
