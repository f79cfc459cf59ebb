/* SPDX-License-Identifier: MIT */
/* L61 to L64: the main process's streams, handles, ports, figures. */
#include "config.h"

#include "check.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/fd.h"

/* --- L61 ---------------------------------------------------------------------------- */

#define SESSION_BYTES (64u * 1024 * 1024)

struct starter {
	struct t *t;
	struct box *b;
	int in, out;
	cirrus_status status;
	struct call call;
};

/* A thread that is gone when the streams flow. */
static void start_main(void *arg)
{
	struct starter *s = arg;
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec),
					 .stdin_fd = s->in,
					 .stdout_fd = s->out,
					 .stderr_fd = s->out};

	s->status = ON_IT(&s->call, s->b->it[0], instance_start, &spec);
}

static void fill_pipe(void *arg)
{
	int fd = *(int *)arg;
	AUTO_FREE char *chunk = xmalloc(65536);

	for (size_t sent = 0; sent < SESSION_BYTES; sent += 65536) {
		for (size_t i = 0; i < 65536; i++)
			chunk[i] = (char)((sent + i) * 11 / 7);
		if (fd_write_all(fd, chunk, 65536) < 0)
			break;
	}
	close(fd);
}

static void drain_pipe(struct t *t, int fd)
{
	AUTO_FREE char *chunk = xmalloc(65536);
	size_t got = 0;
	ssize_t n;

	while ((n = fd_read(fd, chunk, 65536)) > 0)
		for (ssize_t i = 0; i < n; i++, got++)
			if (chunk[i] != (char)(got * 11 / 7))
				failed(t, "byte %zu is another", got);
	want_int(t, (int64_t)got, SESSION_BYTES,
		 "bytes through the main process");
}

static void l61_session(struct t *t)
{
	/* where the input has no end, what is read has */
	struct box *b = box_script(t, can(t, CIRRUS_CAP_EXEC_STDIN_EOF)
					      ? "cat; exit 9"
					      : "head -c 67108864; exit 9");
	int in[2], out[2], feed;
	struct starter s = {.t = t, .b = b};
	struct async *a;

	if (can(t, CIRRUS_CAP_UNLOGGED))
		b->member[0].flags |= CIRRUS_INSTANCE_UNLOGGED;
	box_create(t, b);
	if (fd_pipe(in, NULL) < 0 || fd_pipe(out, NULL) < 0)
		failed(t, "no pipes");
	s.in = in[0];
	s.out = out[1];
	call_init(&s.call, t, 60000);
	async_join(async_run(start_main, &s));
	want_status(&s.call, s.status, CIRRUS_OK, "start with streams");
	call_clear(&s.call);
	close(in[0]);
	close(out[1]);
	feed = in[1];
	a = async_run(fill_pipe, &feed);
	drain_pipe(t, out[0]);
	async_join(a);
	close(out[0]);
	want_int(t, box_wait(t, b), 9, "exit code of the main process");
}

/* --- L62 ------------------------------------------------------------------------------ */

/* In a process that was forked before anything was opened it would not be a
 * fair test to load the plugin twice, so that one starts from our own program. */
static void exec_in_other(struct t *t, const char *id)
{
	cirrus_instance *it = NULL;
	struct box *b = box_new(t);
	CALL(t, call, 60000);

	want_status(&call, ON_CONN(&call, instance_open, id, &it), CIRRUS_OK,
		    "instance_open");
	b->it[0] = it;
	exec_prints(t, b, "cat /left-by-the-first", "hello");
	box_delete(t, b);
}

static int other_process(const struct t *t, int id_fd)
{
	struct t mine = {.set = t->set,
			 .check = t->check,
			 .ledger = t->ledger,
			 .verdict_fd = t->verdict_fd};
	char id[256] = "";
	const char *why;

	memcpy(mine.run, t->run, sizeof(mine.run));
	if (fd_read(id_fd, id, sizeof(id) - 1) <= 0)
		return 0;
	why = plugin_load(&mine);
	want(&mine, !why, "%s", why ? why : "");
	mine.be = plugin_entry(&mine, &check_host);
	conn_up(&mine);
	exec_in_other(&mine, id);
	conn_down(&mine);
	return 42;
}

static void l62_reopen(struct t *t)
{
	struct box *b;
	OUT(cirrus_instance_info, info);
	AUTO_OUTPUT struct output o = {0};
	int fds[2], status = 0;
	pid_t pid;
	CALL(t, call, 60000);

	/* the other process begins without our connection */
	conn_down(t);
	if (fd_pipe(fds, NULL) < 0)
		failed(t, "no pipe");
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		_exit(other_process(t, fds[0]));
	}
	close(fds[0]);
	conn_up(t);
	b = box_up(t);
	exec_sh(t, b, "echo hello >/left-by-the-first", &o);
	want_status(&call, ON_IT(&call, b->it[0], instance_info, info),
		    CIRRUS_OK, "instance_info");
	t->be->instance_release(b->it[0]);
	b->it[0] = NULL;
	if (fd_write_all(fds[1], info->id, strlen(info->id)) < 0)
		failed(t, "the other process is gone");
	close(fds[1]);
	waitpid(pid, &status, 0);
	if (status == 0)
		_exit(0); /* it told the verdict itself */
	want(t, WIFEXITED(status) && WEXITSTATUS(status) == 42,
	     "the other process died");
	want_int(t, count_objects(t), 0, "objects after the other's delete");
}

/* --- L63 -------------------------------------------------------------------------------- */

/* A server of ours that gives back what it gets, once. */
static void echo_main(void *arg)
{
	int listener = *(int *)arg, fd = accept(listener, NULL, NULL);
	char chunk[4096];
	ssize_t n;

	while ((n = fd_read(fd, chunk, sizeof(chunk))) > 0)
		if (fd_write_all(fd, chunk, (size_t)n) < 0)
			break;
	close(fd);
}

static int echo_listen(struct t *t, int *port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t len = sizeof(sin);
	int fd = compat_socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (void *)&sin, sizeof(sin)) < 0 ||
	    listen(fd, 4) < 0 || getsockname(fd, (void *)&sin, &len) < 0)
		failed(t, "cannot listen on 127.0.0.1");
	*port = ntohs(sin.sin_port);
	return fd;
}

struct dialer {
	struct call call;
	struct box *b;
	uint32_t port;
	int fd;
	cirrus_status status;
};

static void dial_main(void *arg)
{
	struct dialer *d = arg;
	struct cirrus_dial_spec spec = {
		.struct_size = sizeof(spec), .port = d->port, .fd = d->fd};

	d->status = ON_IT(&d->call, d->b->it[0], instance_dial, &spec);
}

/* From us, by the environment, back to us: what is sent comes back. */
static void want_echo(struct t *t, struct box *b, uint32_t port)
{
	struct dialer d = {.b = b, .port = port};
	AUTO_BUF struct buf got = BUF_INIT(BUF_MESSAGE);
	struct async *a;
	int ends[2];

	if (compat_socketpair(ends) < 0)
		failed(t, "no sockets");
	d.fd = ends[1];
	call_init(&d.call, t, 30000);
	a = async_run(dial_main, &d);
	if (fd_write_all(ends[0], "there and back", 14) < 0)
		failed(t, "dial does not read");
	shutdown(ends[0], SHUT_WR);
	while (got.len < 14) {
		char *room = buf_room(&got, 64);
		ssize_t n = fd_read(ends[0], room, 64);

		if (n <= 0)
			break;
		buf_grown(&got, (size_t)n);
	}
	async_join(a);
	call_clear(&d.call);
	close(ends[0]);
	close(ends[1]);
	want_status(&d.call, d.status, CIRRUS_OK, "instance_dial");
	want_str(t, got.data, "there and back", "what came back");
}

static uint32_t expose(struct t *t, struct box *b, int port)
{
	AUTO_FREE char *target = xasprintf("tcp:127.0.0.1:%d", port);
	struct cirrus_expose_spec spec = {.struct_size = sizeof(spec),
					  .target = target};
	OUT(cirrus_expose_info, info);
	const char *colon;
	CALL(t, call, 30000);

	want_status(&call, ON_IT(&call, b->it[0], instance_expose, &spec, info),
		    CIRRUS_OK, "instance_expose");
	colon = strrchr(info->address, ':');
	want(t, colon != NULL, "address \"%s\" has no port", info->address);
	return (uint32_t)strtoul(colon + 1, NULL, 10);
}

static void l63_ports(struct t *t)
{
	struct box *b = box_new(t);
	struct cirrus_dial_spec closed = {.struct_size = sizeof(closed),
					  .port = 1};
	struct async *server;
	uint32_t inside;
	int port, listener;
	CALL(t, call, 30000);

	b->group.flags = CIRRUS_GROUP_EXPOSE;
	box_create(t, b);
	box_start(t, b);
	want(t, ON_IT(&call, b->it[0], instance_dial, &closed) != CIRRUS_OK,
	     "a port that nobody listens on answers");
	listener = echo_listen(t, &port);
	inside = expose(t, b, port);
	server = async_run(echo_main, &listener);
	want_echo(t, b, inside);
	async_join(server);
	close(listener);
}

/* --- L64 ----------------------------------------------------------------------------------- */

#define BURN "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"

static void l64_usage(struct t *t)
{
	struct box *b = box_script(t, BURN);
	OUT(cirrus_exit, end);
	OUT(cirrus_usage, usage);
	CALL(t, call, 60000);

	box_create(t, b);
	box_start(t, b);
	want_status(&call, ON_IT(&call, b->it[0], instance_usage, usage),
		    CIRRUS_OK, "instance_usage");
	want_status(&call, ON_IT(&call, b->it[0], instance_wait, end),
		    CIRRUS_OK, "instance_wait");
	want(t,
	     usage->user_ns >= 0 && usage->user_ns < 60 * NS_PER_S &&
		     end->user_ns >= 0 && end->user_ns < 60 * NS_PER_S,
	     "user times of %lld and %lld ns are not plausible",
	     (long long)usage->user_ns, (long long)end->user_ns);
	want(t,
	     usage->user_ns || usage->memory_bytes ||
		     usage->memory_peak_bytes || end->user_ns ||
		     end->memory_peak_bytes,
	     "not one figure is known");
	want(t, usage->memory_peak_bytes >= 0 && end->memory_peak_bytes >= 0,
	     "a negative amount of memory");
}

const struct check checks_session[] = {
	{"L61", "the main process is attached to the streams given to start",
	 CAP(START_STDIO) | CAP(COMMAND), 180, false, l61_session},
	{"L62", "what was released is opened by another process", CAP(OPEN),
	 120, false, l62_reopen},
	{"L63", "dial and expose carry bytes both ways, and their end",
	 CAP(DIAL) | CAP(EXPOSE), 60, false, l63_ports},
	{"L64", "figures of usage are plausible", CAP(USAGE) | CAP(COMMAND), 90,
	 false, l64_usage},
	{0},
};
