/* SPDX-License-Identifier: MIT */
/* The files of a running container, straight: a helper process of our own joins
 * the user namespace of one of its processes, makes that process's root its own,
 * and reads or writes there, from or to a tar stream.
 *
 * Whoever runs in the container may change all of it meanwhile.  So nothing is
 * ever opened by a path that could lead out: directories are found below the
 * container's root with every link resolved inside it, what lies in them by its
 * name alone and never through a link; a file is looked at before it is opened,
 * and it is that file which is opened; what is neither file, directory nor link
 * is passed over, and so is what the kernel shows as files.
 *
 * The helper says TREE_READY, one byte on its standard output, once all that it
 * was asked for is there, and ends with one of enum tree_end; its words about
 * what went wrong are on its standard error. */
#ifndef CIRRUS_SDK_TREE_H
#define CIRRUS_SDK_TREE_H

#include "base/buf.h"
#include "base/error.h"

#define TREE_READY 'R'

enum tree_end {
	TREE_DONE = 0,
	/* Before it was ready, and before anything was changed. */
	TREE_OTHERWISE = 80,
	TREE_INVAL,
	TREE_NOTSUP,
	TREE_NOSPACE,
	TREE_FAILED
};

/* Does what the first request on standard input says, which is all that is to be
 * read of it before: tree_request.  So a helper can be started, which takes longer
 * than a small copy, before there is anything for it to do.  argv: none. */
int tree_helper(int argc, char **argv);
/* The words are "in" or "out", and then the argv of one of these: */
#define TREE_WORDS 5
void tree_request(struct buf *out, const char *const *words);

/* argv: PID DIR; on standard input the paths below it, each ended by a NUL
 * (none: all of it).  The archive goes to standard output. */
int tree_out_helper(int argc, char **argv);
/* argv: PID DIR MKDIR OWNER, where MKDIR is 1 or 0 and OWNER "UID:GID" or "";
 * the archive comes from standard input. */
int tree_in_helper(int argc, char **argv);

/* --- what the two share -------------------------------------------------------- */

/* Makes the root of that process ours; *fds as for compat_reopen.  The root, or
 * -1 with errno. */
int tree_enter(const char *pid, int *fds);
int tree_say_ready(void);
/* Says what went wrong; returns the end that it amounts to. */
int tree_fail(const struct error *err, int errnum);

#endif
