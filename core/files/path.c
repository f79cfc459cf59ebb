/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/path.h"

#include <string.h>

#include "base/buf.h"

char *path_clean(const char *path)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_LINE);

	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && memcmp(path, "..", 2) == 0) {
			char *slash = strrchr(out.data, '/');

			buf_truncate(&out,
				     slash ? (size_t)(slash - out.data) : 0);
		} else if (n > 0 && !(n == 1 && *path == '.')) {
			buf_addc(&out, '/');
			buf_add(&out, path, n);
		}
		path += n + (path[n] == '/');
	}
	if (out.len == 0)
		buf_addc(&out, '/');
	return buf_steal(&out);
}

const char *path_below(const char *path, const char *dir)
{
	size_t n = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	if (strncmp(path, dir, n) != 0 || (path[n] != '/' && path[n] != '\0'))
		return NULL;
	return path + n + (path[n] == '/');
}
