/* SPDX-License-Identifier: MIT */
/* Command lines from tables.
 *
 * A command lists its options once; parsing, --help, suggestions for what was
 * mistyped and the check against the manual page all come from that table.
 *
 *	struct values {
 *		bool all;
 *		const char *file;
 *	};
 *
 *	static const struct option options[] = {
 *		{"all", 'a', &OPTION_FLAG, OPTION_AT(struct values, all),
 *		 .help = "everything"},
 *		{"file", 'f', &OPTION_TEXT, OPTION_AT(struct values, file),
 *		 .arg = "FILE", .help = "read FILE"},
 *		{0},
 *	};
 *
 * The syntax is GNU's: --name value, --name=value, -nvalue, -n value, -n=value,
 * bundled -abc, "--" before operands that begin with a dash, options and
 * operands in any order; a flag also takes --flag=false and --no-flag. */
#ifndef CIRRUS_CLI_OPTIONS_H
#define CIRRUS_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/strv.h"

struct option;

/* How a value is read into its field. */
struct option_type {
	bool flag; /* the option may stand alone */
	int (*set)(const struct option *o, const char *value, void *field,
		   struct error **err);
	void (*clear)(void *field); /* or NULL */
};

/* field:                                 const char *, points into argv */
extern const struct option_type OPTION_TEXT;
extern const struct option_type OPTION_FLAG;     /* bool */
extern const struct option_type OPTION_FLAG_OFF; /* bool; given: false */
extern const struct option_type OPTION_LIST;     /* struct strv; repeatable */
extern const struct option_type OPTION_COMMAS;   /* struct strv; "a,b" too */
extern const struct option_type OPTION_COUNT;    /* int, at least 1 */
extern const struct option_type OPTION_CHOICE;   /* int, index in choices */
extern const struct option_type OPTION_CPUS;     /* int64_t, billionths */
extern const struct option_type OPTION_BYTES;    /* int64_t: 512M, 4G, 4GiB */
extern const struct option_type OPTION_DURATION; /* int64_t ns: 90s 1h30m 7d */

struct option {
	const char *name; /* without dashes */
	char letter;      /* or 0 */
	const struct option_type *type;
	size_t at;       /* of its field in the command's values */
	const char *arg; /* what to call the value */
	const char *help;
	const char *const *choices; /* of a CHOICE, ended by NULL */
	/* For an option kept for the old CLI's users: the line that explains
	 * what became of it, printed when it is used; NULL: it works. */
	const char *note;
	bool old; /* listed last */
};
#define OPTION_AT(type, field) offsetof(type, field)

struct parsed {
	struct strv operands;
	struct strv notes; /* lines for people, not errors */
	bool help;         /* asked for: nothing else counts */
};
void parsed_clear(struct parsed *p);
#define AUTO_PARSED __attribute__((__cleanup__(parsed_clear)))

/* Reads argv (without the program's name, ended by NULL) into values and p.
 * Options that argv does not name leave their fields alone. */
int options_parse(const struct option *table, const char *const *argv,
		  void *values, struct parsed *p,
		  struct error **err) MUST_CHECK;
/* Frees what fields of values own. */
void options_clear(const struct option *table, void *values);
/* The table as people read it in --help. */
void options_print(const struct option *table, FILE *to);

/* The texts behind the types, for values that come from elsewhere. */
int option_parse_duration(const char *text, int64_t *ns);
int option_parse_bytes(const char *text, int64_t *bytes);

#endif
