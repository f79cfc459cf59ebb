/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

static int open_in(const struct cirrus_instance *it, const char *name,
		   int flags)
{
	AUTO_FREE char *path = xasprintf("%s/%s", it->dir, name);

	return open(path, flags | O_CLOEXEC, 0600);
}

int instance_alive_fd(const cirrus_instance *it)
{
	return open_in(it, "alive", O_RDONLY | O_NONBLOCK);
}

bool instance_ended(const cirrus_instance *it, struct space_end *e)
{
	AUTO_CLOSE int fd = open_in(it, "exit", O_RDONLY);

	return fd >= 0 && fd_read(fd, e, sizeof(*e)) == (ssize_t)sizeof(*e);
}

/* Whether anybody holds the fifo open to write. */
static bool is_alive(const struct cirrus_instance *it)
{
	AUTO_CLOSE int fd = instance_alive_fd(it);
	char byte;

	return fd >= 0 && read(fd, &byte, 1) < 0 && errno == EAGAIN;
}

pid_t instance_pid(const cirrus_instance *it)
{
	AUTO_CLOSE int fd = open_in(it, "pid", O_RDONLY);
	int32_t pid = 0;

	if (!is_alive(it) || fd < 0 ||
	    fd_read(fd, &pid, sizeof(pid)) != (ssize_t)sizeof(pid))
		return 0;
	return pid;
}

static void add_mounts(const struct cirrus_instance *it, struct space *s)
{
	const char *line;
	size_t at = 0;

	while ((line = spec_next(&it->spec, "mount", &at))) {
		AUTO_STRV struct strv part = {0};

		strv_split(&part, line, '\t');
		space_add(s, *part.v[2] ? part.v[2] : NULL, part.v[1],
			  strcmp(part.v[0], "ro") == 0);
	}
}

void instance_space(const cirrus_instance *it, struct space *s)
{
	AUTO_FREE char *root = xasprintf("%s/root", it->dir);

	space_init(s, root);
	add_mounts(it, s);
	s->hostname = xstrdup_or_null(spec_get(&it->spec, "hostname"));
	s->no_net = spec_get(&it->spec, "no_net") != NULL;
	s->join = instance_pid(it);
}

/* --- start --------------------------------------------------------------------- */

struct starting {
	struct strv argv, env;
	struct space_job job;
	int fds[6]; /* what we opened for it */
};

static int open_streams(const struct cirrus_instance *it, struct starting *st,
			const struct cirrus_start_spec *spec)
{
	static const char *const names[] = {NULL, "out", "err"};
	const int32_t given[] = {spec->stdin_fd, spec->stdout_fd,
				 spec->stderr_fd};

	for (int i = 0; i < 3; i++) {
		st->job.fds[i] = given[i] > 2 ? given[i] : -1;
		if (i == 0 || (given[i] > 2 && !MUTATED(it->conn, SESSION)))
			continue;
		st->fds[i] =
			open_in(it, names[i], O_CREAT | O_WRONLY | O_APPEND);
		st->job.fds[i] = st->fds[i];
	}
	st->fds[3] = open_in(it, "exit", O_CREAT | O_WRONLY | O_APPEND);
	st->fds[4] = open_in(it, "alive", O_RDWR);
	st->fds[5] = open_in(it, "pid", O_CREAT | O_WRONLY | O_TRUNC);
	st->job.exit_fd = st->fds[3];
	st->job.alive_fd = st->fds[4];
	st->job.pid_fd = st->fds[5];
	return st->fds[3] < 0 || st->fds[4] < 0 || st->fds[5] < 0 ? -1 : 0;
}

static void fill_argv(struct strv *argv, const struct strv *spec)
{
	const char *arg;
	size_t at = 0;

	while ((arg = spec_next(spec, "arg", &at)))
		strv_push(argv, arg);
	if (argv->len == 0)
		strv_push(argv, "sh"); /* the image's own command */
}

static void starting_clear(struct starting *st)
{
	strv_clear(&st->argv);
	strv_clear(&st->env);
	for (size_t i = 0; i < ARRAY_LEN(st->fds); i++)
		fd_close(&st->fds[i]);
}

static cirrus_status fill_job(const struct cirrus_instance *it,
			      const struct cirrus_call *call,
			      const struct cirrus_start_spec *spec,
			      struct starting *st)
{
	const char *user = spec_get(&it->spec, "user");

	st->job.detached = true;
	st->job.workdir = spec_get(&it->spec, "workdir");
	if (user && user_parse(user, &st->job.uid, &st->job.gid) < 0)
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "no such user: %s", user);
	st->job.set_user = user != NULL;
	env_fill(&st->env, &it->spec, NULL);
	st->job.env = st->env.v;
	if (!spec_get(&it->spec, "idle")) {
		fill_argv(&st->argv, &it->spec);
		st->job.argv = (const char *const *)st->argv.v;
	}
	if (open_streams(it, st, spec) < 0)
		return fail_errno(call, errno, "cannot start %s", it->id);
	return CIRRUS_OK;
}

/* Reads what the helper says until it says no more. */
static cirrus_status read_start(const struct cirrus_instance *it,
				const struct cirrus_call *call, int fd)
{
	struct space_report r, failed = {0};
	pid_t pid = 0;

	while (fd_read(fd, &r, sizeof(r)) == (ssize_t)sizeof(r)) {
		if (r.type == SPACE_STARTED)
			pid = r.pid;
		else
			failed = r;
	}
	if (failed.type == SPACE_FAILED)
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "cannot start %s: %s: %s", it->id,
				     failed.step, strerror(failed.error));
	if (pid <= 0)
		return cirrus_errorf(call, CIRRUS_E_FAILED, NULL,
				     "cannot start %s: its supervisor died",
				     it->id);
	return CIRRUS_OK;
}

static cirrus_status start(cirrus_instance *it, const struct cirrus_call *call,
			   const struct starting *st)
{
	struct space space;
	pid_t helper = -1;
	int cause, status;
	AUTO_CLOSE int fd = -1;

	instance_space(it, &space);
	fd = space_run(&space, &st->job, &helper);
	cause = errno;
	space_clear(&space);
	if (fd < 0)
		return fail_errno(call, cause, "cannot start %s", it->id);
	while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
		;
	return read_start(it, call, fd);
}

cirrus_status instance_start(cirrus_instance *it,
			     const struct cirrus_call *call,
			     const struct cirrus_start_spec *in)
{
	struct cirrus_start_spec spec = {0};
	struct starting st = {.fds = {-1, -1, -1, -1, -1, -1}};
	struct space_end e;
	cirrus_status s = call_begin(call, it->conn);

	if (in)
		CIRRUS_COPY(&spec, in);
	if (s == CIRRUS_OK)
		s = unknown_bits(it->conn, call, spec.flags, 0, spec.required);
	if (s != CIRRUS_OK)
		return s;
	if (instance_pid(it) || instance_ended(it, &e))
		return cirrus_errorf(call, CIRRUS_E_CONFLICT, NULL,
				     "%s was started already", it->id);
	s = fill_job(it, call, &spec, &st);
	if (s == CIRRUS_OK)
		s = start(it, call, &st);
	starting_clear(&st);
	return s;
}

/* --- the end ------------------------------------------------------------------- */

void exit_fill(struct cirrus_exit *out, const struct space_end *e)
{
	out->code = WIFEXITED(e->status) ? WEXITSTATUS(e->status) : 0;
	if (WIFSIGNALED(e->status)) {
		out->signal = WTERMSIG(e->status);
		out->code = 128 + out->signal;
		out->flags |= CIRRUS_EXIT_SIGNALED;
	}
	out->user_ns = e->user_ns;
	out->system_ns = e->system_ns;
	out->memory_peak_bytes = e->peak_bytes;
}

cirrus_status instance_wait(cirrus_instance *it, const struct cirrus_call *call,
			    struct cirrus_exit *out)
{
	/* opened first: afterwards either the file is there or it hangs up */
	AUTO_CLOSE int alive = instance_alive_fd(it);
	struct space_end e;
	cirrus_status s = call_begin(call, it->conn);

	if (s != CIRRUS_OK)
		return s;
	if (alive < 0)
		return cirrus_errorf(call, CIRRUS_E_NOTFOUND, NULL,
				     "%s is gone", it->id);
	if (!instance_ended(it, &e)) {
		if (!instance_pid(it))
			return cirrus_errorf(call, CIRRUS_E_CONFLICT,
					     "start it first",
					     "%s was never started", it->id);
		s = call_wait(call, alive, POLLIN, it->id);
		if (s != CIRRUS_OK)
			return s;
		if (!instance_ended(it, &e))
			return cirrus_errorf(call, CIRRUS_E_GONE, NULL,
					     "%s was taken away", it->id);
	}
	exit_fill(out, &e);
	if (MUTATED(it->conn, WAIT_CODE))
		out->code = out->code != 0;
	return CIRRUS_OK;
}

/* Signals the main process; true once it is over, false after the time. */
static bool end_with(const cirrus_instance *it, int sig, int timeout_ms)
{
	AUTO_CLOSE int alive = instance_alive_fd(it);
	struct pollfd p = {.fd = alive, .events = POLLIN};
	int64_t deadline = clock_after_ms(timeout_ms);
	pid_t pid = instance_pid(it);
	int n;

	if (alive < 0 || !pid || kill(pid, sig) < 0)
		return true;
	do
		n = poll(&p, 1, fd_poll_timeout(deadline));
	while (n < 0 && errno == EINTR);
	return n > 0;
}

cirrus_status instance_kill(const cirrus_instance *it,
			    const struct cirrus_call *call)
{
	if (end_with(it, SIGKILL, 10000))
		return CIRRUS_OK;
	return cirrus_errorf(call, CIRRUS_E_FAILED, NULL, "cannot kill %s",
			     it->id);
}

cirrus_status instance_stop(cirrus_instance *it, const struct cirrus_call *call,
			    const struct cirrus_stop_spec *in)
{
	struct cirrus_stop_spec spec = {0};
	cirrus_status s = call_begin(call, it->conn);

	if (in)
		CIRRUS_COPY(&spec, in);
	if (s == CIRRUS_OK)
		s = unknown_bits(it->conn, call, spec.flags, 0, spec.required);
	if (s != CIRRUS_OK)
		return s;
	if (spec.grace_ms && !MUTATED(it->conn, NO_GRACE) &&
	    end_with(it, SIGTERM, (int)spec.grace_ms))
		return CIRRUS_OK;
	return instance_kill(it, call);
}
