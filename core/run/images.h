/* SPDX-License-Identifier: MIT */
/* Images, each looked up and fetched once per run however many tasks use it. */
#ifndef CIRRUS_RUN_IMAGES_H
#define CIRRUS_RUN_IMAGES_H

#include <stdbool.h>

#include "base/error.h"
#include "model/task.h"

struct run;
struct scope;

struct cirrus_image_info;
struct images;
struct images *images_new(void);
void images_free(struct images *i);

/* What a task needs to know of its image; the strings are the table's. */
struct image {
	const char *user;      /* who processes run as; "" root */
	const char *os, *arch; /* "linux", "arm64"; "" nobody knows */
};

/* The image is here and fits the policy: 1; it has to be fetched: 0; -1 with an
 * error.  Waits while another task fetches it. */
int images_find(struct images *i, struct scope *scope,
		const struct container *c, struct image *out,
		struct error **err) MUST_CHECK;
/* Fetches it.  Only after images_find returned 0. */
int images_fetch(struct images *i, struct scope *scope,
		 const struct container *c, struct image *out,
		 struct error **err) MUST_CHECK;

/* An image that this run has made, or found made: it is never fetched. */
void images_built(struct images *i, const struct container *c,
		  const struct cirrus_image_info *info);

#endif
