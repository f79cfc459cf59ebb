/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"

#define INPUT_MAX 4096 /* what every pipe takes without a reader */
#define LOOK_MS   20

extern char **environ;

static void set_fd(posix_spawn_file_actions_t *fa, int fd, int as)
{
	if (fd < 0)
		posix_spawn_file_actions_addopen(fa, as, "/dev/null", O_RDWR,
						 0);
	else
		posix_spawn_file_actions_adddup2(fa, fd, as);
}

/* Every signal at its default, none blocked: the host ignores SIGPIPE, and what
 * is ignored stays ignored over exec. */
static void set_signals(posix_spawnattr_t *attr, bool session)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t set;

	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
	sigfillset(&set);
	posix_spawnattr_setsigdefault(attr, &set);
	posix_spawnattr_setflags(
		attr, (short)(flags | (session ? POSIX_SPAWN_SETSID : 0)));
}

/* Whether one of the list has the same name. */
static bool is_replaced(const char *variable, const char *const *env)
{
	size_t len = strcspn(variable, "=") + 1;

	for (; *env; env++)
		if (strncmp(*env, variable, len) == 0)
			return true;
	return false;
}

/* Our environment with more on top; the strings are borrowed. */
static char **make_env(const char *const *more)
{
	size_t n = 0, m = 0, len = 0;
	char **out;

	while (environ[n])
		n++;
	while (more[m])
		m++;
	out = xcalloc(n + m + 1, sizeof(*out));
	for (size_t i = 0; i < n; i++)
		if (!is_replaced(environ[i], more))
			out[len++] = environ[i];
	memcpy(out + len, more, m * sizeof(*out));
	return out;
}

pid_t child_start(const struct child_spec *spec, struct error **err)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	AUTO_FREE char **env = spec->env ? make_env(spec->env) : NULL;
	pid_t pid;
	int rc;

	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&attr);
	set_fd(&fa, spec->in, STDIN_FILENO);
	set_fd(&fa, spec->out, STDOUT_FILENO);
	set_fd(&fa, spec->err, STDERR_FILENO);
	set_signals(&attr, spec->session);
	rc = posix_spawnp(&pid, spec->argv[0], &fa, &attr,
			  (char *const *)spec->argv, env ? env : environ);
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&attr);
	if (rc == ENOENT)
		return error_set(err, ERR_NOTFOUND, "%s: no such program",
				 spec->argv[0]);
	if (rc)
		return error_errno(err, rc, "cannot start %s", spec->argv[0]);
	return pid;
}

static int reap(pid_t pid, int *status)
{
	int rc;

	do
		rc = waitpid(pid, status, 0);
	while (rc < 0 && errno == EINTR);
	return rc < 0 ? -1 : 0;
}

/* The slow way, where nothing becomes readable when a process ends: Linux before
 * 5.3, and valgrind. */
static enum fd_wait keep_looking(pid_t pid, int cancel_fd, int64_t deadline_ns)
{
	for (;;) {
		int64_t next = clock_after_ms(LOOK_MS);
		bool last = deadline_ns && deadline_ns <= next;
		siginfo_t info = {0};
		enum fd_wait w;

		if (waitid(P_PID, (id_t)pid, &info,
			   WEXITED | WNOHANG | WNOWAIT) < 0 &&
		    errno != EINTR)
			return FD_WAIT_ERROR;
		if (info.si_pid == pid)
			return FD_READY;
		w = fd_wait(-1, 0, cancel_fd, last ? deadline_ns : next);
		if (w != FD_TIMEOUT || last)
			return w;
	}
}

static enum fd_wait wait_for_end(pid_t pid, int cancel_fd, int64_t deadline_ns)
{
	AUTO_CLOSE int ended = compat_process_fd(pid);

	if (ended < 0 && errno == ENOSYS)
		return keep_looking(pid, cancel_fd, deadline_ns);
	if (ended < 0)
		return FD_WAIT_ERROR;
	return fd_wait(ended, POLLIN, cancel_fd, deadline_ns);
}

int child_wait(pid_t pid, int cancel_fd, int64_t deadline_ns, int *status,
	       struct error **err)
{
	switch (wait_for_end(pid, cancel_fd, deadline_ns)) {
	case FD_READY:
		break;
	case FD_CANCELLED:
		return error_set(err, ERR_CANCELLED, "cancelled");
	case FD_TIMEOUT:
		return error_set(err, ERR_TIMEOUT, "timed out");
	case FD_WAIT_ERROR:
		return error_errno(err, errno, "cannot wait for process %d",
				   (int)pid);
	}
	if (reap(pid, status) < 0)
		return error_errno(err, errno, "cannot wait for process %d",
				   (int)pid);
	return 0;
}

void child_end(pid_t pid, bool group)
{
	int status;

	if (pid <= 0)
		return;
	kill(group ? -pid : pid, SIGKILL);
	reap(pid, &status);
}

void child_result_clear(struct child_result *r)
{
	buf_clear(&r->out);
	buf_clear(&r->err);
}

bool child_succeeded(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Takes what is there to read; what does not fit is dropped.  Closes *fd at its
 * end. */
static void take(int *fd, struct buf *b)
{
	char chunk[4096];
	ssize_t n = fd_read(*fd, chunk, sizeof(chunk));
	size_t left = b->max - b->len;

	if (n <= 0)
		fd_close(fd);
	else if (buf_add(b, chunk, (size_t)n < left ? (size_t)n : left) < 0)
		b->overflow = true;
}

/* Reads both pipes to their ends. */
static int collect(int *out, int *errors, int cancel_fd, int64_t deadline_ns,
		   struct child_result *r, struct error **err)
{
	while (*out >= 0 || *errors >= 0) {
		struct pollfd p[3] = {{*out, POLLIN, 0},
				      {*errors, POLLIN, 0},
				      {cancel_fd, POLLIN, 0}};
		int n = poll(p, 3, fd_poll_timeout(deadline_ns));

		if (n < 0 && errno != EINTR)
			return error_errno(err, errno, "poll");
		if (n == 0)
			return error_set(err, ERR_TIMEOUT, "timed out");
		if (n < 0)
			continue;
		if (p[2].revents)
			return error_set(err, ERR_CANCELLED, "cancelled");
		if (p[0].revents)
			take(out, &r->out);
		if (p[1].revents)
			take(errors, &r->err);
	}
	return 0;
}

/* The pipes of a child that child_run starts. */
struct pipes {
	int in[2], out[2], err[2];
};

static void pipes_close(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		fd_close(&p->in[i]);
		fd_close(&p->out[i]);
		fd_close(&p->err[i]);
	}
}

/* Starts the child; what stays open of the pipes is our half. */
static pid_t start_piped(const char *const *argv, struct pipes *p,
			 struct error **err)
{
	struct child_spec spec = {.argv = argv, .session = true};
	pid_t pid;

	if (fd_pipe(p->in, err) < 0 || fd_pipe(p->out, err) < 0 ||
	    fd_pipe(p->err, err) < 0)
		return -1;
	spec.in = p->in[0];
	spec.out = p->out[1];
	spec.err = p->err[1];
	pid = child_start(&spec, err);
	fd_close(&p->in[0]);
	fd_close(&p->out[1]);
	fd_close(&p->err[1]);
	return pid;
}

int child_run(const char *const *argv, const char *input, int cancel_fd,
	      int64_t deadline_ns, struct child_result *r, struct error **err)
{
	__attribute__((__cleanup__(pipes_close))) struct pipes p = {
		{-1, -1}, {-1, -1}, {-1, -1}};
	size_t len = input ? strlen(input) : 0;
	int rc = 0;
	pid_t pid;

	if (len > INPUT_MAX)
		return error_set(err, ERR_LIMIT, "%s: input too long", argv[0]);
	pid = start_piped(argv, &p, err);
	if (pid < 0)
		return -1;
	/* A child that does not read is no failure: its status will tell. */
	if (len > 0 && fd_write_all(p.in[1], input, len) < 0 && errno != EPIPE)
		rc = error_errno(err, errno, "cannot write");
	fd_close(&p.in[1]);
	if (rc == 0)
		rc = collect(&p.out[0], &p.err[0], cancel_fd, deadline_ns, r,
			     err);
	if (rc == 0)
		rc = child_wait(pid, cancel_fd, deadline_ns, &r->status, err);
	if (rc < 0) {
		child_end(pid, true);
		error_prefix(err, "%s", argv[0]);
	}
	return rc;
}
