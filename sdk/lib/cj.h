/* SPDX-License-Identifier: MIT */
/* Reading an engine's answers without a check per step, and writing requests.
 *
 *	AUTO_CJ cJSON *o = cj_parse(reply.body.data, reply.body.len);
 *
 *	out->code = cj_int(o, "State.ExitCode");
 */
#ifndef CIRRUS_SDK_CJ_H
#define CIRRUS_SDK_CJ_H

#include <cirrus/backend.h>
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void cj_free_ptr(cJSON **o);
#define AUTO_CJ __attribute__((__cleanup__(cj_free_ptr)))

/* NULL where it is no JSON. */
cJSON *cj_parse(const char *text, size_t len);

/* What stands at a path of members ("State.ExitCode", names matched exactly);
 * NULL where it is not there, also for o == NULL. */
const cJSON *cj_at(const cJSON *o, const char *path);
const char *cj_str(const cJSON *o, const char *path); /* "" if none */
int64_t cj_int(const cJSON *o, const char *path);     /* 0 if none */
bool cj_bool(const cJSON *o, const char *path);       /* false if none */

/* Copies the string at path into an array, cut at its size. */
void cj_copy(const cJSON *o, const char *path, char *out, size_t size);

/* Adding to an object.  Absent values (NULL, "", 0, false) are left out, as the
 * engine takes that for its default. */
void cj_put_str(cJSON *o, const char *key, const char *value);
void cj_put_int(cJSON *o, const char *key, int64_t value);
void cj_put_bool(cJSON *o, const char *key, bool value);
void cj_put_strv(cJSON *o, const char *key, const char *const *v);
/* { key: value, ... } of both lists; always added. */
void cj_put_kv(cJSON *o, const char *key, const struct cirrus_kv *kv, size_t n);
/* The object at key, made where it is not there yet. */
cJSON *cj_put_object(cJSON *o, const char *key);

/* The text of o, for free(); o is freed. */
char *cj_print(cJSON **o);

#endif
