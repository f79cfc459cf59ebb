/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/pump.h"

#include <cirrus/sdk.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "tap.h"

/* --- an engine that lets us have one stream -------------------------------------- */

static struct {
	int listener, fd; /* fd: its end of the stream */
	struct http *http;
	struct stream *stream;
} engine;

static void *take_one(void *arg)
{
	static const char head[] = "HTTP/1.1 101 UPGRADED\r\n\r\n";
	char request[1024];

	engine.fd = compat_accept(engine.listener);
	ok(read(engine.fd, request, sizeof(request)) > 0);
	ok_int(fd_write_all(engine.fd, head, sizeof(head) - 1), 0);
	return arg;
}

static void start(void)
{
	static const struct http_request rq = {
		.method = "POST", .path = "/", .changes = true};
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	struct cirrus_call call = call_own(-1, 5000);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct endpoint e = {.url = xstrdup("engine")};
	pthread_t thread;

	e.unix_path = xasprintf("%s/s", test_dir());
	memcpy(a.sun_path, e.unix_path, strlen(e.unix_path) + 1);
	engine.listener = compat_socket(AF_UNIX, SOCK_STREAM, 0);
	ok_int(bind(engine.listener, (struct sockaddr *)&a, sizeof(a)), 0);
	ok_int(listen(engine.listener, 1), 0);
	pthread_create(&thread, NULL, take_one, NULL);
	engine.http = http_new(&e);
	ok_int(stream_open(engine.http, &call, &rq, &engine.stream, &reply,
			   NULL),
	       CIRRUS_OK);
	pthread_join(thread, NULL);
}

static void finish(struct pump *p)
{
	pump_clear(p);
	stream_free(engine.stream);
	engine.stream = NULL;
	http_free(engine.http);
	fd_close(&engine.fd);
	fd_close(&engine.listener);
}

static void send_frame(int stream, const char *data, size_t len)
{
	const unsigned char head[8] = {(unsigned char)stream,
				       0,
				       0,
				       0,
				       (unsigned char)(len >> 24),
				       (unsigned char)(len >> 16),
				       (unsigned char)(len >> 8),
				       (unsigned char)len};

	ok_int(fd_write_all(engine.fd, head, sizeof(head)), 0);
	ok_int(fd_write_all(engine.fd, data, len), 0);
}

/* --- output ------------------------------------------------------------------------ */

#define MUCH ((size_t)4 * 1024 * 1024)

static void *send_much(void *arg)
{
	static char data[65536];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7 + i / 256);
	for (size_t sent = 0; sent < MUCH; sent += sizeof(data))
		send_frame(CIRRUS_STDOUT, data, sizeof(data));
	send_frame(CIRRUS_STDERR, "end", 3);
	shutdown(engine.fd, SHUT_WR);
	return arg;
}

/* Reads slowly at first, so that the pump has to hold back. */
static void *read_much(void *arg)
{
	static char got[65536];
	size_t at = 0, wrong = 0;
	ssize_t n;

	while ((n = read(*(int *)arg, got, 5000)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			size_t k = (at + (size_t)i) % sizeof(got);

			wrong += got[i] != (char)(k * 7 + k / 256);
		}
		if (at < 100000)
			poll(NULL, 0, 2);
		at += (size_t)n;
	}
	ok_int(at, MUCH);
	ok_int(wrong, 0);
	return NULL;
}

TEST(much_output_arrives_whole_and_flags_stay)
{
	struct pump p = PUMP_INIT;
	pthread_t sender, reader;
	int out[2], err[2], flags;
	char end[8] = "";

	start();
	ok_int(fd_pipe(out, NULL), 0);
	ok_int(fd_pipe(err, NULL), 0);
	flags = fcntl(out[1], F_GETFL);
	p.stream = engine.stream;
	p.out = out[1];
	p.err = err[1];
	pthread_create(&sender, NULL, send_much, NULL);
	pthread_create(&reader, NULL, read_much, &out[0]);
	ok_int(pump_run(&p), PUMP_EOF);
	ok_int(fcntl(out[1], F_GETFL), flags);
	close(out[1]);
	pthread_join(sender, NULL);
	pthread_join(reader, NULL);
	ok_int(fd_read(err[0], end, sizeof(end)), 3);
	ok_str(end, "end");
	close(out[0]);
	close(err[0]);
	close(err[1]);
	finish(&p);
}

TEST(a_stream_that_ends_inside_a_frame_is_broken)
{
	struct pump p = PUMP_INIT;

	start();
	p.stream = engine.stream;
	ok_int(fd_write_all(engine.fd, "\1\0\0\0\0\0\0\5ab", 10), 0);
	shutdown(engine.fd, SHUT_WR);
	ok_int(pump_run(&p), PUMP_BROKEN);
	finish(&p);
}

TEST(what_the_engine_says_itself_is_kept)
{
	struct pump p = PUMP_INIT;

	start();
	p.stream = engine.stream;
	send_frame(3, "the disk is gone", 16);
	shutdown(engine.fd, SHUT_WR);
	ok_int(pump_run(&p), PUMP_EOF);
	ok_str(p.complaint, "the disk is gone");
	finish(&p);
}

/* --- input and ends --------------------------------------------------------------------- */

static void *echo(void *arg)
{
	char data[4096];
	ssize_t n;

	while ((n = read(engine.fd, data, sizeof(data))) > 0)
		send_frame(CIRRUS_STDOUT, data, (size_t)n);
	shutdown(engine.fd, SHUT_WR);
	return arg;
}

TEST(input_and_its_end_reach_the_process)
{
	struct pump p = PUMP_INIT;
	int in[2], out[2];
	char got[64] = "";
	pthread_t thread;

	start();
	ok_int(fd_pipe(in, NULL), 0);
	ok_int(fd_pipe(out, NULL), 0);
	ok_int(fd_write_all(in[1], "over there", 10), 0);
	close(in[1]);
	p.stream = engine.stream;
	p.in = in[0];
	p.out = out[1];
	pthread_create(&thread, NULL, echo, NULL);
	ok_int(pump_run(&p), PUMP_EOF);
	pthread_join(thread, NULL);
	ok_int(fd_read(out[0], got, sizeof(got)), 10);
	ok_str(got, "over there");
	close(in[0]);
	close(out[0]);
	close(out[1]);
	finish(&p);
}

TEST(each_limit_ends_it_in_its_own_way)
{
	struct pump p = PUMP_INIT;
	int fds[2];

	start();
	ok_int(fd_pipe(fds, NULL), 0);
	p.stream = engine.stream;
	p.deadline_ns = clock_after_ms(30);
	ok_int(pump_run(&p), PUMP_TIMEOUT);
	p.deadline_ns = 0;
	close(fds[1]);
	p.cancel_fd = fds[0];
	ok_int(pump_run(&p), PUMP_CANCELLED);
	p.quit_fd = fds[0];
	ok_int(pump_run(&p), PUMP_QUIT);
	close(fds[0]);
	finish(&p);
}

TEST(a_reader_that_goes_away_ends_it_where_asked)
{
	struct pump p = PUMP_INIT;
	int out[2];

	start();
	ok_int(fd_pipe(out, NULL), 0);
	p.stream = engine.stream;
	p.out = out[1];
	p.ends_with_reader = true;
	close(out[0]);
	signal(SIGPIPE, SIG_IGN);
	ok_int(pump_run(&p), PUMP_HANGUP);
	close(out[1]);
	finish(&p);
}

static void drain_now(struct pump *p)
{
	p->tick_at_ns = 0;
	pump_drain(p);
}

TEST(draining_forwards_what_is_on_its_way_and_ends)
{
	struct pump p = PUMP_INIT;
	int out[2];
	char got[8] = "";

	start();
	ok_int(fd_pipe(out, NULL), 0);
	p.stream = engine.stream;
	p.out = out[1];
	p.tick = drain_now;
	p.tick_at_ns = clock_now();
	send_frame(CIRRUS_STDOUT, "late", 4);
	ok_int(pump_run(&p), PUMP_DRAINED);
	ok_int(fd_read(out[0], got, sizeof(got)), 4);
	ok_str(got, "late");
	close(out[0]);
	close(out[1]);
	finish(&p);
}

TAP_MAIN()
