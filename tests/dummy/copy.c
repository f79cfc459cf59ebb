/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

/* tar(1), run inside where links mean what they mean there, does the work.
 * When its pipe is closed before the archive's end it fails, so that breaking
 * off needs no signal. */
struct tar {
	const struct cirrus_call *call;
	const struct cirrus_copy_spec *spec;
	const struct cirrus_instance *it;
	struct strv argv;
	int ours, theirs; /* ends of the archive's pipe */
	int said;         /* a file that takes its complaints */
	int report_fd;
	pid_t helper;
	struct space_report failed, ended;
};

/* Behind $1: the directory; the rest: tar and its arguments. */
#define MKDIR_SCRIPT "mkdir -p \"$0\" && cd \"$0\" && exec \"$@\""
/* Behind $0: the owner.  Nothing but what was in the archive may change hands. */
#define CHOWN_SCRIPT                                             \
	"d=$(mktemp -d ./.XXXXXX) && \"$@\" -C \"$d\" && "       \
	"chown -Rh \"$0\" \"$d\" && chmod --reference=. \"$d\" " \
	"&& chown --reference=. \"$d\" && cp -a \"$d/.\" . && rm -rf \"$d\""

static void push_script(struct strv *argv, const char *script, const char *arg)
{
	strv_push(argv, "sh");
	strv_push(argv, "-c");
	strv_push(argv, script);
	strv_push(argv, arg);
}

static void in_argv(struct tar *t)
{
	struct strv *argv = &t->argv;

	if (t->spec->flags & CIRRUS_COPY_MKDIR)
		push_script(argv, MKDIR_SCRIPT, t->spec->dir);
	if (t->spec->owner)
		push_script(argv, CHOWN_SCRIPT, t->spec->owner);
	strv_push(argv, "tar");
	strv_push(argv, "-xpf");
	strv_push(argv, "-");
	strv_push(argv, "--numeric-owner");
	if (MUTATED(t->it->conn, COPY_LINKS))
		strv_push(argv, "-P");
	if (MUTATED(t->it->conn, COPY_MTIME))
		strv_push(argv, "-m");
	strv_push(argv, geteuid() == 0 ? "--same-owner" : "--no-same-owner");
}

static void out_argv(struct tar *t)
{
	strv_push(&t->argv, "tar");
	strv_push(&t->argv, "-cf");
	strv_push(&t->argv, "-");
	strv_push(&t->argv, "--format=pax");
	strv_push(&t->argv, "--");
	if (!t->spec->paths)
		strv_push(&t->argv, ".");
	for (const char *const *p = t->spec->paths; p && *p; p++)
		strv_push(&t->argv, *p);
}

static int open_said(const struct cirrus_instance *it)
{
	AUTO_FREE char *path = xasprintf("%s/tar.XXXXXX", it->dir);
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd >= 0)
		unlink(path);
	return fd;
}

static int tar_open(struct tar *t, bool in)
{
	int fds[2];

	t->said = open_said(t->it);
	if (t->said < 0 || fd_pipe(fds, NULL) < 0)
		return -1;
	t->ours = fds[in ? 1 : 0];
	t->theirs = fds[in ? 0 : 1];
	return fd_set_nonblock(t->ours, true);
}

static int tar_start(struct tar *t, bool in)
{
	static const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
					  "LC_ALL=C", NULL};
	bool mkdir = in && (t->spec->flags & CIRRUS_COPY_MKDIR);
	struct space_job job = {
		.argv = (const char *const *)t->argv.v,
		.env = (char *const *)env,
		.workdir = mkdir ? "/" : t->spec->dir,
		.fds = {in ? t->theirs : -1, in ? -1 : t->theirs, t->said},
		.pid_fd = -1,
		.exit_fd = -1,
		.alive_fd = -1,
	};
	struct space space;
	int cause;

	instance_space(t->it, &space);
	t->report_fd = space_run(&space, &job, &t->helper);
	cause = errno;
	space_clear(&space);
	fd_close(&t->theirs);
	errno = cause;
	return t->report_fd < 0 ? -1 : 0;
}

static void tar_end(struct tar *t)
{
	struct space_report r;

	fd_close(&t->ours);
	fd_close(&t->theirs);
	while (t->report_fd >= 0 &&
	       fd_read(t->report_fd, &r, sizeof(r)) == (ssize_t)sizeof(r)) {
		if (r.type == SPACE_FAILED)
			t->failed = r;
		else if (r.type == SPACE_ENDED)
			t->ended = r;
	}
	while (t->helper > 0 && waitpid(t->helper, NULL, 0) < 0 &&
	       errno == EINTR)
		;
	fd_close(&t->report_fd);
	strv_clear(&t->argv);
}

static cirrus_status tar_result(struct tar *t)
{
	char line[512];
	ssize_t n = pread(t->said, line, sizeof(line) - 1, 0);
	cirrus_status s = CIRRUS_E_FAILED;

	if (t->failed.type)
		return fail_errno(t->call, t->failed.error, "%s: %s",
				  t->spec->dir, t->failed.step);
	if (t->ended.type && t->ended.end.status == 0)
		return CIRRUS_OK;
	if (MUTATED(t->it->conn, COPY_CRASH))
		abort();
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (strstr(line, "No such file"))
		s = CIRRUS_E_NOTFOUND;
	else if (strstr(line, "No space left"))
		s = CIRRUS_E_NOSPACE;
	return cirrus_errorf(t->call, s, NULL, "%s: %s", t->spec->dir,
			     *line ? line : "tar failed");
}

/* What it fails with is told by tar, which knows why. */
static cirrus_status feed(struct tar *t, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(t->ours, data, len);
		cirrus_status s = CIRRUS_OK;

		if (n < 0 && errno == EAGAIN)
			s = call_wait(t->call, t->ours, POLLOUT, t->spec->dir);
		else if (n < 0 && errno != EINTR)
			return CIRRUS_E_IO;
		if (s != CIRRUS_OK)
			return s;
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return CIRRUS_OK;
}

static cirrus_status pump_in(struct tar *t, const struct cirrus_reader *in)
{
	AUTO_FREE char *chunk = xmalloc(65536);
	cirrus_status s = CIRRUS_OK;

	while (s == CIRRUS_OK) {
		int64_t n = in->read(in->ctx, chunk, 65536);

		if (n == 0)
			return CIRRUS_OK;
		if (n < 0)
			return cirrus_errorf(t->call, CIRRUS_E_IO, NULL,
					     "%s: cannot read the archive",
					     t->spec->dir);
		s = feed(t, chunk, (size_t)n);
	}
	/* it gave up first, and says why */
	return s == CIRRUS_E_IO ? CIRRUS_OK : s;
}

static cirrus_status pump_out(struct tar *t, const struct cirrus_writer *out)
{
	AUTO_FREE char *chunk = xmalloc(65536);
	bool began = false;

	for (;;) {
		cirrus_status s =
			call_wait(t->call, t->ours, POLLIN, t->spec->dir);
		ssize_t n;

		if (s != CIRRUS_OK)
			return s;
		n = fd_read(t->ours, chunk, 65536);
		if (n <= 0)
			return CIRRUS_OK;
		if (MUTATED(t->it->conn, COPY_SHORT) && began)
			continue;
		if (MUTATED(t->it->conn, COPY_SHORT))
			n = n > 512 ? 512 : n;
		began = true;
		s = out->write(out->ctx, CIRRUS_STDOUT, chunk, (size_t)n);
		if (s != CIRRUS_OK)
			return cirrus_errorf(t->call, CIRRUS_E_IO, NULL,
					     "%s: cannot write the archive",
					     t->spec->dir);
	}
}

static cirrus_status check(cirrus_instance *it, const struct cirrus_call *call,
			   const struct cirrus_copy_spec *spec)
{
	cirrus_status s = call_begin(call, it->conn);

	if (s == CIRRUS_OK)
		s = unknown_bits(it->conn, call, spec->flags, CIRRUS_COPY_MKDIR,
				 spec->required);
	if (s == CIRRUS_OK && (!spec->dir || spec->dir[0] != '/'))
		s = cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				  "the directory to copy is not absolute");
	return s;
}

static cirrus_status copy(cirrus_instance *it, const struct cirrus_call *call,
			  const struct cirrus_copy_spec *from,
			  const struct cirrus_reader *in,
			  const struct cirrus_writer *out)
{
	struct cirrus_copy_spec spec;
	struct tar t = {.call = call,
			.spec = &spec,
			.it = it,
			.ours = -1,
			.theirs = -1,
			.said = -1,
			.report_fd = -1};
	cirrus_status s;

	CIRRUS_COPY(&spec, from);
	if (MUTATED(it->conn, COPY_MKDIR))
		spec.flags |= CIRRUS_COPY_MKDIR;
	s = check(it, call, &spec);
	if (s != CIRRUS_OK)
		return s;
	in ? in_argv(&t) : out_argv(&t);
	if (tar_open(&t, in != NULL) < 0 || tar_start(&t, in != NULL) < 0)
		s = fail_errno(call, errno, "%s: cannot copy", spec.dir);
	else
		s = in ? pump_in(&t, in) : pump_out(&t, out);
	tar_end(&t);
	if (s == CIRRUS_OK)
		s = tar_result(&t);
	fd_close(&t.said);
	return s;
}

cirrus_status instance_copy_in(cirrus_instance *it,
			       const struct cirrus_call *call,
			       const struct cirrus_copy_spec *spec,
			       const struct cirrus_reader *tar)
{
	return copy(it, call, spec, tar, NULL);
}

cirrus_status instance_copy_out(cirrus_instance *it,
				const struct cirrus_call *call,
				const struct cirrus_copy_spec *spec,
				const struct cirrus_writer *tar)
{
	return copy(it, call, spec, NULL, tar);
}
