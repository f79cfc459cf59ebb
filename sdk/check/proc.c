/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "proc.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static int entries(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	if (!d)
		return -1;
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static int children(void)
{
	char path[64];
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	int n = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
		 (long)getpid());
	if (file_read(path, &b, NULL) < 0)
		return -1;
	for (const char *p = b.data; *p; p++)
		n += *p == ' ';
	return n;
}

static int64_t resident(void)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	const char *line;

	if (file_read("/proc/self/status", &b, NULL) < 0)
		return 0;
	line = strstr(b.data, "VmRSS:");
	return line ? strtoll(line + 6, NULL, 10) * 1024 : 0;
}

void proc_count(struct proc_counts *out)
{
	struct stat st = {0};

	*out = (struct proc_counts){
		.fds = entries("/proc/self/fd"),
		.threads = entries("/proc/self/task"),
		.children = children(),
		.resident = resident(),
	};
	if (out->fds < 0)
		out->fds = entries("/dev/fd");
	if (fstat(1, &st) == 0 && S_ISREG(st.st_mode))
		out->output = st.st_size;
}
