/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/tree.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat-files.h"
#include "base/compat.h"
#include "base/fd.h"

/* In another user namespace we are nobody in particular, with all rights there;
 * what we make has to belong to somebody whom it knows.  Where it does not know
 * its own root, files cannot be made, and that will be said. */
static void become_root(void)
{
	int r;

	r = setgroups(0, NULL); /* often forbidden, and then no matter */
	r = setregid(0, 0);
	r = setreuid(0, 0);
	(void)r;
}

/* --- requests ------------------------------------------------------------------- */

#define REQUEST_MAX 8192

void tree_request(struct buf *out, const char *const *words)
{
	size_t begin = out->len;
	uint16_t len = 0;

	buf_add(out, (const char *)&len, sizeof(len));
	for (; *words; words++)
		buf_add(out, *words, strlen(*words) + 1);
	if (out->len - begin - sizeof(len) > REQUEST_MAX)
		out->overflow = true;
	len = (uint16_t)(out->len - begin - sizeof(len));
	memcpy(out->data + begin, &len, sizeof(len));
}

static bool read_exactly(void *data, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = fd_read(STDIN_FILENO, (char *)data + at, len - at);

		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

int tree_helper(int argc, char **argv UNUSED)
{
	char text[REQUEST_MAX + 1] = "", *words[TREE_WORDS];
	int n = 0;
	uint16_t len;

	if (argc != 0 || !read_exactly(&len, sizeof(len)) ||
	    len > REQUEST_MAX || !read_exactly(text, len))
		return TREE_OTHERWISE;
	for (char *p = text; p < text + len && n < TREE_WORDS;
	     p += strlen(p) + 1)
		words[n++] = p;
	if (n > 0 && strcmp(words[0], "in") == 0)
		return tree_in_helper(n - 1, words + 1);
	if (n > 0 && strcmp(words[0], "out") == 0)
		return tree_out_helper(n - 1, words + 1);
	return TREE_OTHERWISE;
}

/* --- entering ------------------------------------------------------------------- */

int tree_enter(const char *pid, int *fds)
{
	int root = compat_process_root((pid_t)atoi(pid));

	*fds = compat_open_fds();
	if (root < 0 || *fds < 0)
		return -1;
	if (compat_join_namespaces((pid_t)atoi(pid), false) < 0)
		return -1;
	become_root();
	umask(0);
	return compat_enter_root(root) < 0 ? -1 : root;
}

int tree_say_ready(void)
{
	static const char ready = TREE_READY;

	return fd_write_all(STDOUT_FILENO, &ready, 1);
}

int tree_fail(const struct error *err, int errnum)
{
	fprintf(stderr, "%s", err ? err->msg : "unknown error");
	if (errnum == ENOSPC || errnum == EDQUOT)
		return TREE_NOSPACE;
	return TREE_FAILED;
}
