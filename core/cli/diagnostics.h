/* SPDX-License-Identifier: MIT */
/* What is wrong or doubtful in a configuration, for people and machines. */
#ifndef CIRRUS_CLI_DIAGNOSTICS_H
#define CIRRUS_CLI_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/task.h"

struct loaded;

enum diagnostics_format {
	DIAGNOSTICS_TEXT,  /* stderr, with the lines in question */
	DIAGNOSTICS_JSON,  /* stdout, cirrus-validate(1) has the schema */
	DIAGNOSTICS_GITHUB /* stdout, as workflow commands */
};

struct diagnostic {
	enum issue_level level;
	char *message; /* without the place */
	char *hint;    /* or NULL */
	struct position at;
	bool is_unknown; /* it is about a field that nobody knows */
};

struct diagnostics {
	struct diagnostic *v;
	size_t len, cap;
	size_t n_errors, n_warnings;
	char *path, *text; /* of the configuration */
};

void diagnostics_begin(struct diagnostics *d, const struct loaded *l);
void diagnostics_add_issues(struct diagnostics *d, const struct tasks *tasks);
/* One more, unless the same is there already; hint may be NULL. */
void diagnostics_add(struct diagnostics *d, enum issue_level level,
		     struct position at, const char *message, const char *hint);
/* Takes back that the field at this place is unknown. */
void diagnostics_drop_unknown(struct diagnostics *d, struct position at);
void diagnostics_add_error(struct diagnostics *d, const struct error *e,
			   struct position at);
void diagnostics_print(const struct diagnostics *d,
		       enum diagnostics_format format);
void diagnostics_clear(struct diagnostics *d);
#define AUTO_DIAGNOSTICS __attribute__((__cleanup__(diagnostics_clear)))

#endif
