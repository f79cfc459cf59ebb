/* SPDX-License-Identifier: MIT */
/* Errors as values.
 *
 * A function that can fail takes `struct error **err` last and returns -1 (or
 * NULL) when it did; *err is untouched on success.  A caller that does not care
 * may pass NULL.  Messages are lower case, end in no full stop, and put the
 * thing first; what a person might try goes into the hint.
 *
 *	AUTO_ERROR struct error *err = NULL;
 *
 *	if (project_open(dir, &p, &err) < 0)
 *		return error_pass(out, &err, "cannot copy %s", dir);
 */
#ifndef CIRRUS_BASE_ERROR_H
#define CIRRUS_BASE_ERROR_H

#include "base/mem.h"

/* What kind of failure, for exit statuses and decisions; never shown. */
enum error_code {
	ERR_SYSTEM = 1, /* the machine said no: a file, a process, memory */
	ERR_USAGE,      /* the command line */
	ERR_CONFIG,     /* .cirrus.yml or a file of ours */
	ERR_BACKEND,    /* no backend, or it failed */
	ERR_NOTFOUND,   /* the thing asked for does not exist */
	ERR_LIMIT,      /* larger than we accept */
	ERR_CANCELLED,  /* a person or a signal stopped it */
	ERR_TIMEOUT,
	ERR_LOST,    /* the environment broke off or was taken away */
	ERR_INTERNAL /* a defect of ours */
};

struct error {
	enum error_code code;
	char *msg;
	char *hint; /* or NULL */
};

/* All four return -1, for `return error_set(...)`.  Where *err is set already,
 * the first error stays: it is nearer to the cause. */
int error_set(struct error **err, enum error_code code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* Adds ": No such file or directory" for errnum. */
int error_errno(struct error **err, int errnum, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* Hands *from up and empties it, with words in front: "words: cause". */
int error_pass(struct error **err, struct error **from, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
int error_hint(struct error **err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Puts "words: " in front of what *err says already. */
void error_prefix(struct error **err, const char *fmt, ...) PRINTF_LIKE(2, 3);

void error_free(struct error *e);
void error_free_ptr(struct error **e); /* and empties it */
#define AUTO_ERROR __attribute__((__cleanup__(error_free_ptr)))

#endif
