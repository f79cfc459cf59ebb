/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "store/boots.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "store/runs.h"

/* Only so many are of any use: engines do not keep things for years. */
#define BOOTS_READ (64u * 1024)

/* One "BOOT HOST" line at a time. */
static void read_line(const char *line, const char *host, const char *current,
		      struct strv *out, bool *known)
{
	const char *space = strchr(line, ' ');
	AUTO_FREE char *boot = NULL;

	if (!space || strcmp(space + 1, host) != 0)
		return;
	boot = xstrndup(line, (size_t)(space - line));
	if (strcmp(boot, current) == 0)
		*known = true;
	else
		strv_push(out, boot);
}

static void append(const char *path, const char *host, const char *current)
{
	AUTO_FREE char *line = xasprintf("%s %s\n", current, host);
	AUTO_CLOSE int fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0 && fd_write_all(fd, line, strlen(line)) < 0)
		return; /* then this boot is found out next time */
}

void boots_load(const char *host, const char *current, struct strv *out)
{
	AUTO_FREE char *dir = state_dir(NULL);
	AUTO_FREE char *path = dir ? xasprintf("%s/boots", dir) : NULL;
	AUTO_BUF struct buf text = BUF_INIT(BOOTS_READ);
	AUTO_STRV struct strv lines = {0};
	bool known = false;

	if (!path || dir_make(dir, 0700, NULL) < 0)
		return;
	if (file_read(path, &text, NULL) == 0)
		strv_split(&lines, text.data, '\n');
	for (size_t i = 0; i < lines.len; i++)
		read_line(lines.v[i], host, current, out, &known);
	if (!known && *current)
		append(path, host, current);
}
