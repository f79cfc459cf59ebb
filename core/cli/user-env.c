/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/user-env.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"

int user_env_add(struct environment *env, const char *entry, struct error **err)
{
	const char *equals = strchr(entry, '='), *value;
	AUTO_FREE char *name = NULL;

	if (equals == entry || !*entry)
		return error_set(err, ERR_USAGE,
				 "\"%s\" is not NAME=VALUE or NAME", entry);
	if (equals) {
		name = xmemdup0(entry, (size_t)(equals - entry));
		environment_set(env, name, equals + 1);
		return 0;
	}
	value = getenv(entry);
	if (value)
		environment_set(env, entry, value);
	return 0;
}

int user_env_add_file(struct environment *env, const char *path,
		      struct error **err)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	char *line, *end;
	int number = 1;

	if (file_read(path, &b, err) < 0)
		return -1;
	for (line = b.data; *line; line = end, number++) {
		size_t n = strcspn(line, "\n");

		end = line + n + (line[n] == '\n');
		if (n > 0 && line[n - 1] == '\r')
			n--;
		line[n] = '\0';
		if (n == 0 || *line == '#')
			continue;
		if (user_env_add(env, line, err) < 0) {
			error_prefix(err, "%s:%d", path, number);
			return -1;
		}
	}
	return 0;
}
