/* SPDX-License-Identifier: MIT */
/* Options of backends on the command line. */
#ifndef CIRRUS_CLI_BACKEND_ARGS_H
#define CIRRUS_CLI_BACKEND_ARGS_H

#include "backend/backend.h"
#include "base/strv.h"

/* One --backend-option each, "NAME.KEY=VALUE"; owns its strings. */
struct backend_args {
	struct backend_option *v;
	size_t len;
	struct strv texts;
};

int backend_args_parse(const struct strv *args, struct backend_args *out,
		       struct error **err) MUST_CHECK;
void backend_args_clear(struct backend_args *a);
#define AUTO_BACKEND_ARGS __attribute__((__cleanup__(backend_args_clear)))

#endif
