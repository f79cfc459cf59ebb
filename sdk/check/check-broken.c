/* SPDX-License-Identifier: MIT */
/* L56: an engine that goes away.  Where the backend reaches its engine through a
 * Unix socket, a relay of ours stands between the two, and is cut. */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/fd.h"

#define OPTION "host=unix://"

static struct sockaddr_un address(struct t *t, const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	if (snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path) >=
	    (int)sizeof(sun.sun_path))
		skipped(t, "too long for a socket: %s", path);
	return sun;
}

/* --- the relay, in processes of its own ------------------------------------------- */

static bool forward(struct pollfd *from, int to)
{
	char chunk[16384];
	ssize_t n = fd_read(from->fd, chunk, sizeof(chunk));

	if (n > 0)
		return fd_write_all(to, chunk, (size_t)n) == 0;
	shutdown(to, SHUT_WR);
	from->fd = -1;
	return n == 0;
}

NORETURN static void relay_one(int client, const struct sockaddr_un *engine)
{
	int server = compat_socket(AF_UNIX, SOCK_STREAM, 0);
	struct pollfd p[2] = {{.fd = client, .events = POLLIN},
			      {.fd = server, .events = POLLIN}};

	if (connect(server, (const void *)engine, sizeof(*engine)) < 0)
		_exit(1);
	while (p[0].fd >= 0 || p[1].fd >= 0) {
		if (poll(p, 2, -1) < 0)
			_exit(1);
		if ((p[0].revents && p[0].fd >= 0 && !forward(&p[0], server)) ||
		    (p[1].revents && p[1].fd >= 0 && !forward(&p[1], client)))
			break;
	}
	_exit(0);
}

/* All of it is one process group, to be killed at once. */
static pid_t relay_start(int listener, const struct sockaddr_un *engine)
{
	pid_t pid = fork();

	if (pid != 0) {
		setpgid(pid, pid);
		return pid;
	}
	setpgid(0, 0);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int client = compat_accept(listener);

		if (client < 0)
			_exit(1);
		if (fork() == 0)
			relay_one(client, engine);
		close(client);
	}
}

/* --- the check ----------------------------------------------------------------------- */

static const char *engine_socket(const struct t *t)
{
	for (size_t i = 0; i < t->set->options.len; i++)
		if (str_starts(t->set->options.v[i], OPTION))
			return t->set->options.v[i] + strlen(OPTION);
	return NULL;
}

struct doomed {
	struct call call;
	struct cirrus_exec_spec spec;
	struct output o;
	struct box *b;
};

static void doomed_main(void *arg)
{
	struct doomed *d = arg;

	exec_run(&d->call, d->b->it[0], &d->spec, NULL, &d->o);
}

static void cut(pid_t relay)
{
	kill(-relay, SIGKILL);
	while (waitpid(relay, NULL, 0) < 0 && errno == EINTR)
		;
}

static void lose_engine(struct t *t, struct box *b, pid_t relay)
{
	static struct doomed d;
	struct async *a;
	int64_t begin;

	d = (struct doomed){.b = b, .spec = {.argv = SH("sleep 300")}};
	call_init(&d.call, t, 60000);
	a = async_run(doomed_main, &d);
	sleep_ms(1500); /* until it runs: the engine does not tell */
	begin = clock_now();
	cut(relay);
	async_join(a);
	want_one_of(&d.call, d.o.status, CIRRUS_E_LOST, CIRRUS_E_GONE,
		    CIRRUS_OK, "exec whose engine went away");
	want(t, clock_now() - begin < 5 * NS_PER_S, "it took %lld ms to notice",
	     (long long)((clock_now() - begin) / NS_PER_MS));
	call_clear(&d.call);
}

static void find_no_engine(struct t *t, struct box *b)
{
	struct cirrus_exec_spec spec = {.argv = SH("true")};
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 30000);

	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_status(&call, o.status, CIRRUS_E_UNAVAIL,
		    "exec while nobody answers");
}

/* Lets go of the handle of the cut connection; ours again by a whole one. */
static void take_back(struct t *t, struct box *b, const char *id)
{
	CALL(t, call, 30000);

	t->be->instance_release(b->it[0]);
	b->it[0] = NULL;
	conn_down(t);
	t->override = NULL;
	conn_up(t);
	want_status(&call, ON_CONN(&call, instance_open, id, &b->it[0]),
		    CIRRUS_OK, "instance_open after the cut");
	exec_prints(t, b, "echo alive", "alive");
}

static void l56_engine_dies(struct t *t)
{
	const char *engine = engine_socket(t);
	AUTO_FREE char *path = xasprintf("%s/relay", t->set->workspace);
	AUTO_FREE char *pair = xasprintf(OPTION "%s", path);
	const char *override[] = {pair, NULL};
	struct sockaddr_un here = address(t, path), there;
	int listener = compat_socket(AF_UNIX, SOCK_STREAM, 0);
	OUT(cirrus_instance_info, info);
	struct box *b;
	pid_t relay;
	CALL(t, call, 30000);

	if (!engine)
		skipped(t, "no -o " OPTION "... that could be cut");
	there = address(t, engine);
	conn_down(t);
	if (bind(listener, (void *)&here, sizeof(here)) < 0 ||
	    listen(listener, 16) < 0)
		failed(t, "cannot listen on %s: %s", path, strerror(errno));
	relay = relay_start(listener, &there);
	close(listener);
	t->override = override;
	conn_up(t);
	b = box_up(t);
	want_status(&call, ON_IT(&call, b->it[0], instance_info, info),
		    CIRRUS_OK, "instance_info");
	lose_engine(t, b, relay);
	find_no_engine(t, b);
	take_back(t, b, info->id);
}

const struct check checks_broken[] = {
	{"L56", "an engine that goes away is LOST, then UNAVAIL", CAP(OPEN),
	 120, false, l56_engine_dies},
	{0},
};
