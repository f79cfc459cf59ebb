/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/cj.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void cj_free_ptr(cJSON **o)
{
	cJSON_Delete(*o);
}

cJSON *cj_parse(const char *text, size_t len)
{
	return cJSON_ParseWithLength(text, len);
}

const cJSON *cj_at(const cJSON *o, const char *path)
{
	char name[64];

	while (o) {
		size_t n = strcspn(path, ".");

		if (n >= sizeof(name))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		o = cJSON_GetObjectItemCaseSensitive(o, name);
		if (!path[n])
			break;
		path += n + 1;
	}
	return o;
}

const char *cj_str(const cJSON *o, const char *path)
{
	const cJSON *v = cj_at(o, path);

	return cJSON_IsString(v) ? v->valuestring : "";
}

int64_t cj_int(const cJSON *o, const char *path)
{
	const cJSON *v = cj_at(o, path);

	/* The largest doubles that still fit. */
	if (!cJSON_IsNumber(v) || v->valuedouble > 9.2e18 ||
	    v->valuedouble < -9.2e18)
		return 0;
	return (int64_t)v->valuedouble;
}

bool cj_bool(const cJSON *o, const char *path)
{
	return cJSON_IsTrue(cj_at(o, path));
}

void cj_copy(const cJSON *o, const char *path, char *out, size_t size)
{
	snprintf(out, size, "%s", cj_str(o, path));
}

void cj_put_str(cJSON *o, const char *key, const char *value)
{
	if (value && *value)
		cJSON_AddStringToObject(o, key, value);
}

/* As text: a double does not hold every 64-bit number. */
void cj_put_int(cJSON *o, const char *key, int64_t value)
{
	char text[24];

	if (!value)
		return;
	snprintf(text, sizeof(text), "%lld", (long long)value);
	cJSON_AddRawToObject(o, key, text);
}

void cj_put_bool(cJSON *o, const char *key, bool value)
{
	if (value)
		cJSON_AddTrueToObject(o, key);
}

void cj_put_strv(cJSON *o, const char *key, const char *const *v)
{
	cJSON *a;

	if (!v)
		return;
	a = cJSON_AddArrayToObject(o, key);
	for (; *v; v++)
		cJSON_AddItemToArray(a, cJSON_CreateString(*v));
}

void cj_put_kv(cJSON *o, const char *key, const struct cirrus_kv *kv, size_t n)
{
	cJSON *into = cj_put_object(o, key);

	for (size_t i = 0; i < n; i++)
		cJSON_AddStringToObject(into, kv[i].key, kv[i].value);
}

cJSON *cj_put_object(cJSON *o, const char *key)
{
	cJSON *there = cJSON_GetObjectItemCaseSensitive(o, key);

	return there ? there : cJSON_AddObjectToObject(o, key);
}

char *cj_print(cJSON **o)
{
	char *text = cJSON_PrintUnformatted(*o);

	if (!text)
		abort(); /* out of memory, as in base/mem.h */
	cJSON_Delete(*o);
	*o = NULL;
	return text;
}
