/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/strv.h"

#include <stdlib.h>
#include <string.h>

void strv_push_steal(struct strv *s, char *str)
{
	if (s->len + 2 > s->cap) {
		s->cap = s->cap ? s->cap * 2 : 8;
		s->v = xreallocarray(s->v, s->cap, sizeof(*s->v));
	}
	s->v[s->len++] = str;
	s->v[s->len] = NULL;
}

void strv_push(struct strv *s, const char *str)
{
	strv_push_steal(s, xstrdup(str));
}

void strv_pushf(struct strv *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strv_push_steal(s, xvasprintf(fmt, ap));
	va_end(ap);
}

void strv_remove(struct strv *s, size_t at)
{
	free(s->v[at]);
	memmove(s->v + at, s->v + at + 1, (s->len - at) * sizeof(*s->v));
	s->len--;
}

bool strv_contains(const struct strv *s, const char *str)
{
	for (size_t i = 0; i < s->len; i++)
		if (strcmp(s->v[i], str) == 0)
			return true;
	return false;
}

void strv_split(struct strv *s, const char *text, char separator)
{
	const char *end;

	while (separator && (end = strchr(text, separator))) {
		strv_push_steal(s, xmemdup0(text, (size_t)(end - text)));
		text = end + 1;
	}
	strv_push(s, text);
}

void strv_clear(struct strv *s)
{
	for (size_t i = 0; i < s->len; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct strv){0};
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && strcmp(s + n - m, suffix) == 0;
}
