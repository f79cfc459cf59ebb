/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/process.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/strv.h"
#include "sdk/lib/child.h"

struct relation {
	pid_t pid, parent, session;
};
VEC_DEFINE(relation_vec, struct relation);

bool process_is_contained(pid_t pid)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	AUTO_FREE char *path = xasprintf("/proc/%d/status", (int)pid);
	const char *line;
	int outside, inside;

	if (pid <= 1 || file_read(path, &text, NULL) < 0)
		return false;
	/* One number for each space that the process is in. */
	line = strstr(text.data, "\nNSpid:");
	return line && sscanf(line, "\nNSpid: %d %d", &outside, &inside) == 2;
}

/* The name between parentheses may hold anything, parentheses too. */
static bool read_relation(const char *name, struct relation *out)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	AUTO_FREE char *path = xasprintf("/proc/%s/stat", name);
	const char *end;
	int parent, session;

	if (file_read(path, &text, NULL) < 0)
		return false;
	end = strrchr(text.data, ')');
	if (!end || sscanf(end + 1, " %*c %d %*d %d", &parent, &session) != 2)
		return false;
	out->pid = (pid_t)atoi(name);
	out->parent = parent;
	out->session = session;
	return true;
}

static void read_all(struct relation_vec *all)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	struct relation r;

	while (proc && (e = readdir(proc)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    read_relation(e->d_name, &r))
			relation_vec_push(all, r);
	if (proc)
		closedir(proc);
}

static bool has(const struct pid_vec *v, pid_t pid)
{
	for (size_t i = 0; i < v->len; i++)
		if (v->ptr[i] == pid)
			return true;
	return false;
}

void process_tree(pid_t root, struct pid_vec *out)
{
	struct relation_vec all = {0};
	size_t before;

	if (root <= 1)
		return; /* 0 and 1 are sessions of half the machine */
	read_all(&all);
	do {
		before = out->len;
		for (size_t i = 0; i < all.len; i++) {
			const struct relation *r = &all.ptr[i];

			if (!has(out, r->pid) &&
			    (r->pid == root || r->session == root ||
			     has(out, r->parent)))
				pid_vec_push(out, r->pid);
		}
	} while (out->len != before);
	relation_vec_clear(&all);
}

/* --- signals -------------------------------------------------------------------- */

static int signal_through(const char *const *helper_argv, int sig,
			  const struct pid_vec *pids)
{
	AUTO_STRV struct strv argv = {0};
	AUTO_CHILD_RESULT struct child_result result =
		CHILD_RESULT_INIT(BUF_LINE);

	for (; *helper_argv; helper_argv++)
		strv_push(&argv, *helper_argv);
	strv_push(&argv, "signal");
	strv_pushf(&argv, "%d", sig);
	for (size_t i = 0; i < pids->len; i++)
		strv_pushf(&argv, "%d", (int)pids->ptr[i]);
	if (child_run((const char *const *)argv.v, NULL, -1,
		      clock_after_ms(1500), &result, NULL) < 0)
		return -1;
	return child_succeeded(result.status) ? 0 : -1;
}

int process_signal(const struct pid_vec *pids, int sig,
		   const char *const *helper_argv)
{
	bool denied = false;

	for (size_t i = 0; i < pids->len; i++)
		if (kill(pids->ptr[i], sig) < 0 && errno == EPERM)
			denied = true;
	if (!denied)
		return 0;
	return helper_argv ? signal_through(helper_argv, sig, pids) : -1;
}

int process_helper(int argc, char **argv)
{
	int sig = argc > 0 ? atoi(argv[0]) : 0;
	int rc = 0;

	if (argc < 2 || compat_join_namespaces(atoi(argv[1]), false) < 0)
		return 1;
	for (int i = 1; i < argc; i++)
		if (kill(atoi(argv[i]), sig) < 0 && errno != ESRCH)
			rc = 1;
	return rc;
}
