/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"

const char *spec_next(const struct strv *spec, const char *key, size_t *at)
{
	size_t len = strlen(key);

	while (*at < spec->len) {
		const char *line = spec->v[(*at)++];

		if (strncmp(line, key, len) == 0 && line[len] == '=')
			return line + len + 1;
	}
	return NULL;
}

const char *spec_get(const struct strv *spec, const char *key)
{
	size_t at = 0;

	return spec_next(spec, key, &at);
}

int spec_save(const struct strv *spec, const char *dir, struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/spec", dir);
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	for (size_t i = 0; i < spec->len; i++)
		buf_add(&b, spec->v[i], strlen(spec->v[i]) + 1);
	if (b.overflow)
		return error_set(err, ERR_LIMIT, "%s: too large", path);
	return file_replace(path, b.data, b.len, 0600, err);
}

int spec_load(struct strv *spec, const char *dir, struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/spec", dir);
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	if (file_read(path, &b, err) < 0)
		return -1;
	for (char *p = b.data; p < b.data + b.len; p += strlen(p) + 1)
		strv_push(spec, p);
	return 0;
}

void spec_add_labels(struct strv *spec, const struct cirrus_kv *kv, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strv_pushf(spec, "label=%s\t%s", kv[i].key, kv[i].value);
}

char *spec_file_name(const char *name)
{
	char *copy = xstrdup(name);

	for (char *p = copy; *p; p++)
		if (*p == '/' || (p == copy && *p == '.'))
			*p = '_';
	return copy;
}
