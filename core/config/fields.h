/* SPDX-License-Identifier: MIT */
/* The parser of every map of the language, driven by tables.
 *
 *	static const struct field fields[] = {
 *		FIELD("image", field_string, struct macos, image),
 *		FIELD("memory", field_memory, struct macos, memory),
 *		{NULL},
 *	};
 *	return map_parse(d, n, "macos_instance", fields, &macos);
 *
 * Keys that no field takes are reported as lint, with the nearest that one does. */
#ifndef CIRRUS_CONFIG_FIELDS_H
#define CIRRUS_CONFIG_FIELDS_H

#include "config/parser.h"

/* Parses the value n to where it belongs. */
typedef int (*field_fn)(struct draft *d, const struct node *n, void *at);

enum {
	FIELD_SUFFIX = 1, /* takes all keys that end so */
	FIELD_REQUIRED = 2,
	FIELD_REPEATS = 4 /* every occurrence counts, not only the last */
};

struct field {
	const char *name;
	field_fn parse;
	size_t offset;
	unsigned flags;
};

#define FIELD(key, fn, type, member)                                           \
	{                                                                      \
		.name = (key), .parse = (fn), .offset = offsetof(type, member) \
	}
#define FIELD_MUST(key, fn, type, member)                                 \
	{                                                                 \
		.name = (key), .parse = (fn),                             \
		.offset = offsetof(type, member), .flags = FIELD_REQUIRED \
	}
/* A field whose parser takes the whole structure. */
#define FIELD_WHOLE(key, fn, how)                            \
	{                                                    \
		.name = (key), .parse = (fn), .flags = (how) \
	}

/* Parses the children of n by a table that ends in an empty field; `what` names
 * the map to people. */
int map_parse(struct draft *d, const struct node *n, const char *what,
	      const struct field *fields, void *out);
/* The two halves of it, for maps with collectibles between them; unknown is
 * called for keys that no field takes. */
void map_expect(struct draft *d, const struct node *n);
int map_fields(struct draft *d, const struct node *n,
	       const struct field *fields, void *out,
	       void (*unknown)(struct draft *d, const struct node *key,
			       const char *what, const struct field *fields),
	       const char *what);
void map_unknown(struct draft *d, const struct node *key, const char *what,
		 const struct field *fields);
/* The key that was probably meant, or NULL. */
const char *field_suggest(struct draft *d, const char *key,
			  const struct field *fields,
			  const char *const *others);

/* --- values.c: what can stand in a field ----------------------------------------- */

/* Text with variables expanded; NULL: fails, as text grew too long. */
const char *expanded(struct draft *d, const struct node *at, const char *text);
/* The text of a scalar; NULL: it is none. */
const char *scalar_text(struct draft *d, const struct node *n);

int field_ignored(struct draft *d, const struct node *n, void *at);
int field_string(struct draft *d, const struct node *n, void *at); /* char * */
int field_raw(struct draft *d, const struct node *n, void *at);    /* char * */
int field_bool(struct draft *d, const struct node *n, void *at);   /* bool */
int field_u16(struct draft *d, const struct node *n, void *at); /* uint32_t */
int field_u32(struct draft *d, const struct node *n, void *at);
int field_memory(struct draft *d, const struct node *n, void *at); /* MiB */
int field_float(struct draft *d, const struct node *n, void *at);
int field_strings(struct draft *d, const struct node *n, void *at); /* list */
/* What the task expands once more when it runs. */
int field_early_string(struct draft *d, const struct node *n, void *at);
int field_early_strings(struct draft *d, const struct node *n, void *at);
int field_raw_strings(struct draft *d, const struct node *n, void *at);
int field_pairs(struct draft *d, const struct node *n, void *at); /* pairs */
int field_raw_map(struct draft *d, const struct node *n, void *at);

/* Calls `each` for every variable of a map, or of a list of maps. */
int variables_each(struct draft *d, const struct node *n,
		   int (*each)(struct draft *d, const struct node *at,
			       const char *name, const char *value, void *ctx),
		   void *ctx);
/* A boolean expression at n. */
int condition_node(struct draft *d, const struct node *n, bool *out);

#endif
