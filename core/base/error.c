/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compat.h"

static int set(struct error **err, enum error_code code, char *msg)
{
	struct error *e;

	if (!err || *err) {
		free(msg);
		return -1;
	}
	e = xcalloc(1, sizeof(*e));
	e->code = code;
	e->msg = msg;
	*err = e;
	return -1;
}

int error_set(struct error **err, enum error_code code, const char *fmt, ...)
{
	va_list ap;
	char *msg;

	va_start(ap, fmt);
	msg = xvasprintf(fmt, ap);
	va_end(ap);
	return set(err, code, msg);
}

int error_errno(struct error **err, int errnum, const char *fmt, ...)
{
	char text[128];
	va_list ap;
	char *what;

	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	set(err, ERR_SYSTEM,
	    xasprintf("%s: %s", what,
		      compat_strerror(errnum, text, sizeof(text))));
	free(what);
	return -1;
}

static void prefix(struct error *e, char *words)
{
	char *msg = xasprintf("%s: %s", words, e->msg);

	free(words);
	free(e->msg);
	e->msg = msg;
}

void error_prefix(struct error **err, const char *fmt, ...)
{
	va_list ap;

	if (!err || !*err)
		return;
	va_start(ap, fmt);
	prefix(*err, xvasprintf(fmt, ap));
	va_end(ap);
}

int error_pass(struct error **err, struct error **from, const char *fmt, ...)
{
	va_list ap;

	if (*from && fmt) {
		va_start(ap, fmt);
		prefix(*from, xvasprintf(fmt, ap));
		va_end(ap);
	}
	if (err && !*err)
		*err = STEAL_PTR(*from);
	return -1;
}

int error_hint(struct error **err, const char *fmt, ...)
{
	va_list ap;

	if (!err || !*err)
		return -1;
	free((*err)->hint);
	va_start(ap, fmt);
	(*err)->hint = xvasprintf(fmt, ap);
	va_end(ap);
	return -1;
}

void error_free(struct error *e)
{
	if (!e)
		return;
	free(e->msg);
	free(e->hint);
	free(e);
}

void error_free_ptr(struct error **e)
{
	error_free(*e);
	*e = NULL;
}
