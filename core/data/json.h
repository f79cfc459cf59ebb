/* SPDX-License-Identifier: MIT */
/* JSON for the rooms that do not see cJSON: values are built, read and printed
 * through these alone.
 *
 *	AUTO_JSON struct cJSON *o = json_object();
 *
 *	json_add_str(o, "name", name);
 *	json_add(o, "list", json_strings(list));
 *	json_print(o, JSON_PRETTY, &out);
 *
 * A value that was added to another belongs to it.  Allocation cannot fail. */
#ifndef CIRRUS_DATA_JSON_H
#define CIRRUS_DATA_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct cJSON;

struct cJSON *json_object(void);
struct cJSON *json_array(void);
void json_free(struct cJSON *v);
void json_free_ptr(struct cJSON **v);
#define AUTO_JSON __attribute__((__cleanup__(json_free_ptr)))

/* Into an object, under a key; or with a NULL key behind the last of an array.
 * Returns v. */
struct cJSON *json_add(struct cJSON *to, const char *key, struct cJSON *v);
/* A NULL string becomes null. */
void json_add_str(struct cJSON *to, const char *key, const char *s);
void json_add_int(struct cJSON *to, const char *key, int64_t n);
void json_add_double(struct cJSON *to, const char *key, double n);
/* With the fewest digits that read back as the same float: 1.3, not 1.29999. */
void json_add_float(struct cJSON *to, const char *key, float n);
void json_add_bool(struct cJSON *to, const char *key, bool yes);
/* An array of a NULL-terminated list of strings. */
struct cJSON *json_strings(const char *const *list);

/* Reading: NULL, the fallback, 0 where there is no such thing of that type. */
struct cJSON *json_parse(const char *text, size_t len, struct error **err);
const struct cJSON *json_get(const struct cJSON *object, const char *key);
const char *json_get_str(const struct cJSON *object, const char *key);
int64_t json_get_int(const struct cJSON *object, const char *key,
		     int64_t fallback);
bool json_get_bool(const struct cJSON *object, const char *key, bool fallback);
bool json_is_null(const struct cJSON *v);
const char *json_str(const struct cJSON *v); /* the text of a string */
size_t json_len(const struct cJSON *v); /* children of an array or object */
/* First child, next sibling, and the key a value stands under (or NULL). */
const struct cJSON *json_first(const struct cJSON *v);
const struct cJSON *json_next(const struct cJSON *v);
const char *json_key(const struct cJSON *v);

/* Equal as values: the order of keys does not matter. */
bool json_equal(const struct cJSON *a, const struct cJSON *b);
/* Puts the keys of this object and all below it into byte order. */
void json_sort(struct cJSON *v);

enum json_style {
	JSON_LINE,  /* no white space, no newline */
	JSON_PRETTY /* two spaces a level, a newline at the end */
};
/* Appends to out; `<`, `>` and `&` are written as they are, control characters
 * and invalid UTF-8 escaped, so that the result is always valid JSON. */
void json_print(const struct cJSON *v, enum json_style style, struct buf *out);

/* One string with its quotes, as json_print writes it. */
void json_print_str(const char *s, struct buf *out);

#endif
