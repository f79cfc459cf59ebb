/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "tty.h"

static void env_set(struct strv *env, const char *pair)
{
	size_t len = strcspn(pair, "=") + 1;

	for (size_t i = 0; i < env->len; i++)
		if (strncmp(env->v[i], pair, len) == 0) {
			free(env->v[i]);
			env->v[i] = xstrdup(pair);
			return;
		}
	strv_push(env, pair);
}

void env_fill(struct strv *env, const struct strv *spec,
	      const char *const *more)
{
	const char *pair;
	size_t at = 0;

	strv_push(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		       "/sbin:/bin");
	strv_push(env, "HOME=/root");
	while ((pair = spec_next(spec, "env", &at)))
		env_set(env, pair);
	for (; more && *more; more++)
		env_set(env, *more);
}

/* The passwd file inside is the machine's. */
static int user_number(const char *name, uid_t *uid, gid_t *gid)
{
	struct passwd pw, *found = NULL;
	char space[4096], *end;
	unsigned long n = strtoul(name, &end, 10);

	if (*name && !*end) {
		*uid = (uid_t)n;
		*gid = 0;
		return 0;
	}
	if (getpwnam_r(name, &pw, space, sizeof(space), &found) != 0 || !found)
		return -1;
	*uid = found->pw_uid;
	*gid = found->pw_gid;
	return 0;
}

static int group_number(const char *name, gid_t *gid)
{
	struct group gr, *found = NULL;
	char space[4096], *end;
	unsigned long n = strtoul(name, &end, 10);

	if (*name && !*end) {
		*gid = (gid_t)n;
		return 0;
	}
	if (getgrnam_r(name, &gr, space, sizeof(space), &found) != 0 || !found)
		return -1;
	*gid = found->gr_gid;
	return 0;
}

int user_parse(const char *user, uid_t *uid, gid_t *gid)
{
	AUTO_FREE char *name = xstrndup(user, strcspn(user, ":"));
	const char *colon = strchr(user, ':');

	if (user_number(name, uid, gid) < 0)
		return -1;
	return colon ? group_number(colon + 1, gid) : 0;
}

/* --- a command under way -------------------------------------------------------- */

static int given(int32_t fd)
{
	return fd > 2 ? fd : -1;
}

struct running {
	const struct cirrus_conn *conn;
	const struct cirrus_call *call;
	const struct cirrus_exec_spec *spec;
	int report_fd;
	pid_t pid; /* and of its session; 0: not told yet */
	cirrus_status status;
	struct tty tty;
	int64_t kill_at; /* clock_now's clock; 0: not being ended */
	struct space_report failed, ended;
};

static void signal_all(const struct running *r, int sig)
{
	if (r->pid > 0)
		kill(MUTATED(r->conn, KILLS_ONE) ? r->pid : -r->pid, sig);
}

/* Begins to end the command: TERM, then KILL after the grace. */
static void end_it(struct running *r, cirrus_status why)
{
	if (r->kill_at)
		return;
	r->status = why;
	r->kill_at = clock_now() + r->spec->kill_grace_ms * NS_PER_MS;
	if (MUTATED(r->conn, SLOW_CANCEL))
		r->kill_at += 3 * NS_PER_S;
	if (MUTATED(r->conn, NO_TERM))
		r->kill_at = clock_now();
	else if (r->spec->kill_grace_ms)
		signal_all(r, SIGTERM);
}

static void on_report(struct running *r, bool *over)
{
	struct space_report got;

	if (fd_read(r->report_fd, &got, sizeof(got)) != (ssize_t)sizeof(got)) {
		*over = true;
		return;
	}
	if (got.type == SPACE_STARTED)
		r->pid = got.pid;
	else if (got.type == SPACE_FAILED)
		r->failed = got;
	else
		r->ended = got;
}

static void on_control(struct running *r, int *control_fd)
{
	struct cirrus_control c;

	if (fd_read(*control_fd, &c, sizeof(c)) != (ssize_t)sizeof(c)) {
		*control_fd = -1;
		return;
	}
	if (c.type == CIRRUS_CONTROL_SIGNAL)
		signal_all(r, (int)c.a);
	else if (c.type == CIRRUS_CONTROL_RESIZE)
		tty_resize(&r->tty, c.a, c.b);
}

static int next_timeout(const struct running *r)
{
	if (r->kill_at)
		return fd_poll_timeout(r->kill_at);
	return cirrus_remaining_ms(r->call);
}

/* Where it is to be ended, KILL once the time has come, and again. */
static void kill_in_time(struct running *r)
{
	if (!r->kill_at || clock_now() < r->kill_at)
		return;
	signal_all(r, SIGKILL);
	r->kill_at += NS_PER_S;
}

enum { REPORT, CANCEL, CONTROL, OUT, ERR, TERMINAL, INPUT, N_POLL };

static void on_ready(struct running *r, struct pollfd *p, bool *over)
{
	if (p[TERMINAL].revents)
		tty_from_command(&r->tty);
	if (p[INPUT].revents)
		tty_from_host(&r->tty);
	if (p[REPORT].revents)
		on_report(r, over);
	if (p[CONTROL].revents)
		on_control(r, &p[CONTROL].fd);
	if (p[CANCEL].revents)
		end_it(r, CIRRUS_E_CANCELLED);
	if (p[OUT].revents || p[ERR].revents)
		end_it(r, CIRRUS_E_IO);
	p[INPUT].fd = r->tty.in;
	if (p[TERMINAL].revents & POLLHUP)
		p[TERMINAL].fd = -1;
	if (r->kill_at)
		p[CANCEL].fd = p[OUT].fd = p[ERR].fd = -1;
}

/* Serves the command until its end is told. */
static void attend(struct running *r)
{
	struct pollfd p[N_POLL] = {
		[REPORT] = {.fd = r->report_fd, .events = POLLIN},
		[CANCEL] = {.fd = given(r->call->cancel_fd), .events = POLLIN},
		[CONTROL] = {.fd = given(r->spec->control_fd),
			     .events = POLLIN},
		/* without events: only whether the reader went away */
		[OUT] = {.fd = given(r->spec->stdout_fd)},
		[ERR] = {.fd = given(r->spec->stderr_fd)},
		[TERMINAL] = {.fd = r->tty.master, .events = POLLIN},
		[INPUT] = {.fd = r->tty.in, .events = POLLIN},
	};
	bool over = false;

	while (!over) {
		int n = poll(p, N_POLL, next_timeout(r));

		if (n > 0)
			on_ready(r, p, &over);
		else if (n == 0 && !r->kill_at)
			end_it(r, MUTATED(r->conn, TIMEOUT) ? CIRRUS_E_CANCELLED
							    : CIRRUS_E_TIMEOUT);
		else if (n < 0 && errno != EINTR)
			end_it(r, CIRRUS_E_FAILED);
		kill_in_time(r);
	}
	if (r->tty.master >= 0)
		tty_from_command(&r->tty);
}

static void mutate_end(const struct running *r, struct cirrus_exit *out)
{
	const struct cirrus_exec_spec *spec = r->spec;

	if (MUTATED(r->conn, EXIT_CODE) && out->code > 128)
		out->code = 1;
	if (MUTATED(r->conn, EXIT_SIGNAL) && out->code > 128)
		out->flags |= CIRRUS_EXIT_SIGNALED;
	if (MUTATED(r->conn, CLOSES_FD) && given(spec->stdin_fd) >= 0)
		close(spec->stdin_fd);
	if (MUTATED(r->conn, NONBLOCK) && given(spec->stdout_fd) >= 0)
		fd_set_nonblock(spec->stdout_fd, true);
	if (MUTATED(r->conn, LEAKS_FD) && fd_dup(0, NULL) < 0)
		out->code = -1;
}

static cirrus_status conclude(const struct running *r, struct cirrus_exit *out)
{
	const struct cirrus_call *call = r->call;
	const char *command = r->spec->argv[0];

	if (r->status == CIRRUS_E_IO)
		return cirrus_errorf(call, CIRRUS_E_IO, NULL,
				     "%s: nobody reads its output", command);
	if (r->status != CIRRUS_OK)
		return cirrus_errorf(call, r->status, NULL, "%s: %s", command,
				     r->status == CIRRUS_E_TIMEOUT
					     ? "timed out"
					     : "cancelled");
	if (r->failed.type && strcmp(r->failed.step, "exec") != 0)
		return cirrus_errorf(call,
				     r->failed.error == ENOENT
					     ? CIRRUS_E_NOTFOUND
					     : CIRRUS_E_FAILED,
				     NULL, "cannot run %s: %s: %s", command,
				     r->failed.step, strerror(r->failed.error));
	if (!r->ended.type)
		return cirrus_errorf(call, CIRRUS_E_GONE, NULL,
				     "%s: its instance was taken away",
				     command);
	exit_fill(out, &r->ended.end);
	mutate_end(r, out);
	return CIRRUS_OK;
}

static cirrus_status run(const struct cirrus_instance *it, struct running *r,
			 const struct space_job *job, struct cirrus_exit *out)
{
	struct space space;
	pid_t helper = -1;
	int cause;

	instance_space(it, &space);
	r->report_fd = space_run(&space, job, &helper);
	cause = errno;
	space_clear(&space);
	fd_close(&r->tty.slave);
	if (r->report_fd < 0)
		return fail_errno(r->call, cause, "cannot run %s",
				  r->spec->argv[0]);
	attend(r);
	tty_close(&r->tty);
	fd_close(&r->report_fd);
	while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
		;
	return conclude(r, out);
}

static cirrus_status check(const struct cirrus_instance *it,
			   const struct cirrus_call *call,
			   const struct cirrus_exec_spec *spec)
{
	cirrus_status s = call_begin(call, it->conn);

	if (s == CIRRUS_OK)
		s = unknown_bits(it->conn, call, spec->flags,
				 CIRRUS_EXEC_KILL_REST | CIRRUS_EXEC_TTY,
				 spec->required);
	if (s != CIRRUS_OK)
		return s;
	if (!spec->argv || !spec->argv[0])
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "no command to run");
	if (!instance_pid(it))
		return cirrus_errorf(
			call,
			MUTATED(it->conn, NOT_RUNNING) ? CIRRUS_E_UNAVAIL
						       : CIRRUS_E_CONFLICT,
			"start it first", "%s is not running", it->id);
	return CIRRUS_OK;
}

cirrus_status instance_exec(cirrus_instance *it, const struct cirrus_call *call,
			    const struct cirrus_exec_spec *in,
			    struct cirrus_exit *out)
{
	AUTO_STRV struct strv env = {0};
	struct cirrus_exec_spec spec;
	struct running r = {.conn = it->conn,
			    .call = call,
			    .spec = &spec,
			    .tty = {-1, -1, -1, -1}};
	struct space_job job = {.pid_fd = -1, .exit_fd = -1, .alive_fd = -1};
	const char *user;
	cirrus_status s;

	CIRRUS_COPY(&spec, in);
	s = check(it, call, &spec);
	if (s != CIRRUS_OK)
		return s;
	env_fill(&env, &it->spec, spec.env);
	job.argv = spec.argv;
	job.env = env.v;
	job.workdir =
		spec.workdir ? spec.workdir : spec_get(&it->spec, "workdir");
	job.fds[0] = given(spec.stdin_fd);
	job.fds[1] = given(spec.stdout_fd);
	job.fds[2] = given(spec.stderr_fd);
	if (MUTATED(it->conn, STDERR_MERGED))
		job.fds[2] = job.fds[1];
	job.kill_rest = spec.flags & CIRRUS_EXEC_KILL_REST;
	user = spec.user ? spec.user : spec_get(&it->spec, "user");
	job.set_user = user != NULL;
	if (user && user_parse(user, &job.uid, &job.gid) < 0)
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "no such user: %s", user);
	if (spec.flags & CIRRUS_EXEC_TTY) {
		if (tty_open(&r.tty, spec.tty_rows, spec.tty_cols) < 0)
			s = fail_errno(call, errno, "no terminal");
		r.tty.in = given(spec.stdin_fd);
		r.tty.out = given(spec.stdout_fd);
		for (int i = 0; i < 3; i++)
			job.fds[i] = r.tty.slave;
		job.tty = true;
	}
	if (s == CIRRUS_OK)
		s = run(it, &r, &job, out);
	tty_close(&r.tty);
	return s;
}
