/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/tree.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
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
