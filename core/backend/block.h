/* SPDX-License-Identifier: MIT */
/* What a task asks of the machine it runs on, as its block in the file says it:
 * the keys that the language itself does not know are options of the kind of
 * environment. */
#ifndef CIRRUS_BACKEND_BLOCK_H
#define CIRRUS_BACKEND_BLOCK_H

#include <cirrus/backend.h>

#include "base/arena.h"
#include "base/error.h"
#include "model/task.h"

struct block {
	const char
		*kind; /* "container", "freebsd" ...; NULL: it asks for none */
	struct position at;
	const struct node *map;       /* or NULL */
	const char *const *languages; /* keys that the core looks after */
};

void block_of_task(const struct task *t, struct arena *a, struct block *out);
/* The keys that are options, one after the other; *at is 0 at first. */
const struct node *block_next(const struct block *b, size_t *at);

/* NULL: there is none of that name. */
const struct cirrus_option *block_option(
	const struct cirrus_option *const *options, const char *name);
/* The first option that must be there and is not, or NULL. */
const char *block_missing(const struct block *b,
			  const struct cirrus_option *const *options);
/* The value of an option as the plugin gets it, for free(): what is no scalar as
 * JSON, if the option is that, else NULL.  `expand` replaces variables, for
 * free(). */
char *block_value(const struct node *value, const struct cirrus_option *option,
		  char *(*expand)(void *ctx, const char *text), void *ctx);
/* What is wrong with such a value (NULL: no scalar), for free(), or NULL. */
char *block_wrong(const struct node *value, const struct cirrus_option *option,
		  const char *text);
#endif
