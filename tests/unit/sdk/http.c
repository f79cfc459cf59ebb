/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/http.h"

#include <cirrus/sdk.h>
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/stream.h"
#include "tap.h"

/* --- an engine that does what its script says ------------------------------- */

/* For each request that arrives: what is sent back, in pieces with a pause
 * between them; an empty script entry closes the connection.  "^" waits until
 * the client is gone, "~" echoes what comes until its end. */
struct server {
	const char *script[8];
	char path[200];
	int listener;
	pthread_t thread;
	_Atomic int connections, requests;
	char last[4096]; /* request, head and body */
};

static size_t body_length(const char *head)
{
	const char *at = strstr(head, "Content-Length: ");

	return at ? strtoul(at + 16, NULL, 10) : 0;
}

/* Head and body of one request; false at the end of the connection. */
static bool read_request(struct server *s, int fd)
{
	size_t len = 0;
	char *end = NULL;

	memset(s->last, 0, sizeof(s->last));
	for (;;) {
		ssize_t n = read(fd, s->last + len, sizeof(s->last) - 1 - len);

		if (n <= 0)
			return false;
		len += (size_t)n;
		end = strstr(s->last, "\r\n\r\n");
		if (end && strstr(s->last, "chunked") &&
		    strstr(end, "0\r\n\r\n"))
			return true;
		if (end && !strstr(s->last, "chunked") &&
		    len >= (size_t)(end + 4 - s->last) + body_length(s->last))
			return true;
	}
}

static void echo(int fd)
{
	char data[256];
	ssize_t n;

	while ((n = read(fd, data, sizeof(data))) > 0)
		ok_int(fd_write_all(fd, data, (size_t)n), 0);
}

/* False where the connection is to be closed. */
static bool answer(int fd, const char *text)
{
	char gone;

	while (*text && *text != '^' && *text != '~') {
		size_t n = strcspn(text, "|");

		if (write(fd, text, n) < 0)
			return false;
		text += n + (text[n] == '|');
		poll(NULL, 0, 5);
	}
	if (*text == '^')
		(void)!read(fd, &gone, 1);
	if (*text == '~')
		echo(fd);
	return false;
}

static void *serve(void *arg)
{
	struct server *s = arg;
	int fd;

	while ((fd = compat_accept(s->listener)) >= 0) {
		bool open = true;

		s->connections++;
		while (open && read_request(s, fd)) {
			const char *text = s->script[s->requests++];

			open = text && *text == '+';
			if (text && *text)
				answer(fd, text + open);
		}
		close(fd);
	}
	return NULL;
}

static struct http *start(struct server *s, const char *const *script, size_t n)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct endpoint e = {0};

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < n; i++)
		s->script[i] = script[i];
	e.unix_path = xasprintf("%s/s", test_dir());
	ok(strlen(e.unix_path) < sizeof(a.sun_path));
	memcpy(a.sun_path, e.unix_path, strlen(e.unix_path) + 1);
	e.url = xasprintf("unix://%s", a.sun_path);
	s->listener = compat_socket(AF_UNIX, SOCK_STREAM, 0);
	unlink(a.sun_path);
	ok_int(bind(s->listener, (struct sockaddr *)&a, sizeof(a)), 0);
	ok_int(listen(s->listener, 5), 0);
	pthread_create(&s->thread, NULL, serve, s);
	return http_new(&e);
}

static void stop(struct server *s, struct http *h)
{
	http_free(h);
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
}
#define START(s, ...)                                  \
	start((s), (const char *const[]){__VA_ARGS__}, \
	      ARRAY_LEN(((const char *const[]){__VA_ARGS__})))

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static const struct http_request get = {.method = "GET", .path = "/x"};
static const struct http_request post = {.method = "POST",
					 .path = "/x",
					 .content_type = "application/json",
					 .body = "{}",
					 .changes = true};

static cirrus_status perform(struct http *h, const struct http_request *rq,
			     int64_t ms, struct http_reply *reply,
			     struct error **err)
{
	struct cirrus_call call = call_own(-1, ms);

	return http_perform(h, &call, rq, reply, err);
}

/* What becomes of one request with this answer. */
static void check(const struct http_request *rq, const char *script,
		  cirrus_status want, int requests)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_ERROR struct error *err = NULL;
	struct server s;
	struct http *h = START(&s, script, script);

	ok_int(perform(h, rq, 5000, &reply, &err), want);
	ok((err != NULL) == (want != CIRRUS_OK));
	ok_int(s.requests, requests);
	if (want == CIRRUS_OK)
		ok_str(reply.body.data, "hello");
	stop(&s, h);
}

/* --- ordinary requests ------------------------------------------------------------ */

TEST(an_answer_may_come_in_any_pieces)
{
	check(&get, HELLO, CIRRUS_OK, 1);
	check(&get, "HTTP/1.|1 200 O|K\r\nContent-Le|ngth: 5\r\n\r|\nhe|llo",
	      CIRRUS_OK, 1);
	check(&post,
	      "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n"
	      "he\r\n|3\r\nllo\r\n|0\r\n\r\n",
	      CIRRUS_OK, 1);
}

TEST(what_changes_nothing_is_tried_again_once)
{
	check(&get, "", CIRRUS_E_IO, 2);
	check(&get, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel",
	      CIRRUS_E_IO, 2);
}

TEST(what_changes_something_is_lost_and_never_sent_twice)
{
	check(&post, "", CIRRUS_E_LOST, 1);
	check(&post, "HTTP/1.1 20", CIRRUS_E_LOST, 1);
	check(&post, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel",
	      CIRRUS_E_LOST, 1);
}

TEST(the_second_try_may_succeed)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	struct server s;
	struct http *h = START(&s, "", HELLO);

	ok_int(perform(h, &get, 5000, &reply, NULL), CIRRUS_OK);
	ok_str(reply.body.data, "hello");
	ok_int(s.requests, 2);
	stop(&s, h);
}

TEST(nobody_there_means_that_nothing_happened)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_ERROR struct error *err = NULL;
	struct endpoint e = {.unix_path = xstrdup("/nowhere/engine.sock"),
			     .url = xstrdup("unix:///nowhere/engine.sock")};
	struct http *h = http_new(&e);

	ok_int(perform(h, &post, 5000, &reply, &err), CIRRUS_E_UNAVAIL);
	if (ok(err != NULL))
		ok(strstr(err->msg, "unix:///nowhere/engine.sock"));
	http_free(h);
}

TEST(a_connection_is_kept_and_one_that_died_meanwhile_is_not_used)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	struct server s;
	struct http *h = START(&s, "+" HELLO, "+" HELLO, HELLO, HELLO);

	for (int i = 0; i < 4; i++) {
		buf_reset(&reply.body);
		ok_int(perform(h, i ? &post : &get, 5000, &reply, NULL),
		       CIRRUS_OK);
		ok_str(reply.body.data, "hello");
		poll(NULL, 0, 20);
	}
	ok_int(s.requests, 4);
	ok_int(s.connections, 2);
	stop(&s, h);
}

TEST(time_and_cancelling_end_a_silent_engine)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	struct server s;
	struct http *h = START(&s, "^", "^");
	struct cirrus_call call;
	int fds[2];

	ok_int(perform(h, &get, 50, &reply, NULL), CIRRUS_E_TIMEOUT);
	ok_int(fd_pipe(fds, NULL), 0);
	call = call_own(fds[0], 10000);
	close(fds[1]);
	ok_int(http_perform(h, &call, &post, &reply, NULL), CIRRUS_E_CANCELLED);
	close(fds[0]);
	/* It was cancelled before it began. */
	ok_int(s.requests, 1);
	stop(&s, h);
}

TEST(headers_tell_of_the_engine)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	struct server s;
	struct http *h = START(&s, "HTTP/1.1 200 OK\r\napi-version: 1.41\r\n"
				   "Libpod-Api-Version: 4.3.1\r\nServer:  X/1 "
				   "(y) \r\nContent-Length: 2\r\n\r\nOK");

	ok_int(perform(h, &get, 5000, &reply, NULL), CIRRUS_OK);
	ok_str(reply.api_version, "1.41");
	ok_str(reply.libpod_version, "4.3.1");
	ok_int(strncmp(reply.server, "X/1 (y)", 7), 0);
	ok(strstr(s.last, "GET /x HTTP/1.1\r\n"));
	stop(&s, h);
}

/* --- bodies that stream ---------------------------------------------------------------- */

static int64_t give_three(void *ctx, void *buf, size_t len UNUSED)
{
	int *left = ctx;

	if (*left < 0)
		return -1;
	if (*left == 0)
		return 0;
	memcpy(buf, "abc", 3);
	--*left;
	return 3;
}

TEST(a_reader_feeds_a_request)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	int left = 3;
	const struct cirrus_reader reader = {&left, give_three};
	struct http_request rq = {.method = "PUT",
				  .path = "/x",
				  .content_type = "application/x-tar",
				  .reader = &reader,
				  .changes = true};
	struct server s;
	struct http *h = START(&s, HELLO);

	ok_int(perform(h, &rq, 5000, &reply, NULL), CIRRUS_OK);
	ok(strstr(s.last, "Content-Type: application/x-tar\r\n"));
	ok(!strstr(s.last, "Expect:"));
	ok(strstr(s.last, "abc"));
	stop(&s, h);
}

TEST(a_reader_that_fails_is_io)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_ERROR struct error *err = NULL;
	int left = -1;
	const struct cirrus_reader reader = {&left, give_three};
	struct http_request rq = {
		.method = "PUT", .path = "/x", .reader = &reader, .changes = 1};
	struct server s;
	struct http *h = START(&s, HELLO);

	ok_int(perform(h, &rq, 5000, &reply, &err), CIRRUS_E_IO);
	stop(&s, h);
}

static cirrus_status refuse(void *ctx, const char *data UNUSED, size_t len)
{
	*(size_t *)ctx += len;
	return CIRRUS_E_NOSPACE;
}

TEST(a_taker_that_gives_up_ends_it_with_its_status)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_ERROR struct error *err = NULL;
	size_t taken = 0;
	struct http_request rq = get;
	struct server s;
	struct http *h = START(&s, HELLO, HELLO);

	rq.take = refuse;
	rq.ctx = &taken;
	ok_int(perform(h, &rq, 5000, &reply, &err), CIRRUS_E_NOSPACE);
	ok_int(taken, 5);
	ok_int(s.requests, 1);
	stop(&s, h);
}

TEST(what_an_engine_says_when_it_refuses_is_not_for_the_taker)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	size_t taken = 0;
	struct http_request rq = get;
	struct server s;
	struct http *h =
		START(&s, "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\noops");

	rq.take = refuse;
	rq.ctx = &taken;
	ok_int(perform(h, &rq, 5000, &reply, NULL), CIRRUS_OK);
	ok_int(reply.status, 404);
	ok_str(reply.body.data, "oops");
	ok_int(taken, 0);
	stop(&s, h);
}

/* --- streams ----------------------------------------------------------------------------- */

static ssize_t receive(struct stream *s, char *out, size_t len)
{
	for (;;) {
		ssize_t n = stream_recv(s, out, len);

		if (n >= 0 || errno != EAGAIN)
			return n;
		if (fd_wait(stream_fd(s), POLLIN, -1, clock_after_ms(5000)) !=
		    FD_READY)
			return -1;
	}
}

TEST(a_stream_begins_behind_the_head_and_its_input_ends_first)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_STREAM struct stream *st = NULL;
	struct cirrus_call call = call_own(-1, 5000);
	struct server s;
	struct http *h =
		START(&s, "HTTP/1.1 101 UPGR|ADED\r\nA: b\r\n\r\nearly|~");
	char data[64] = "";

	ok_int(stream_open(h, &call, &post, &st, &reply, NULL), CIRRUS_OK);
	if (!ok(st != NULL))
		return;
	ok_int(receive(st, data, 3), 3);
	ok_int(receive(st, data + 3, 9), 2);
	ok_str(data, "early");
	ok_int(stream_send(st, "ping", 4), 4);
	ok_int(receive(st, data, sizeof(data)), 4);
	ok_mem(data, 4, "ping", 4);
	stream_end_input(st);
	ok_int(receive(st, data, sizeof(data)), 0);
	ok(strstr(s.last, "Upgrade: tcp\r\n"));
	stop(&s, h);
}

/* Whether a failure of the stream leaves alone what is on the stack now, where
 * the frame of stream_open was. */
__attribute__((noinline)) static bool fails_quietly(struct stream *st)
{
	volatile unsigned char guard[16384];
	char data[16];
	size_t i;

	for (i = 0; i < sizeof(guard); i++)
		guard[i] = 0xa5;
	ok_int(stream_send(st, "ping", 4), 4);
	ok_int(receive(st, data, sizeof(data)), -1);
	for (i = 0; i < sizeof(guard) && guard[i] == 0xa5;)
		i++;
	return i == sizeof(guard);
}

TEST(a_stream_that_breaks_off_later_writes_nowhere)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_STREAM struct stream *st = NULL;
	struct cirrus_call call = call_own(-1, 5000);
	struct server s;
	struct http *h = START(&s, "HTTP/1.1 101 UPGRADED\r\n\r\n|^");

	ok_int(stream_open(h, &call, &post, &st, &reply, NULL), CIRRUS_OK);
	if (ok(st != NULL))
		ok(fails_quietly(st));
	stop(&s, h);
}

static void check_stream(const char *script, cirrus_status want, long status)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_STREAM struct stream *st = NULL;
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_call call = call_own(-1, 5000);
	struct server s;
	struct http *h = START(&s, script);

	ok_int(stream_open(h, &call, &post, &st, &reply, &err), want);
	ok(st == NULL);
	ok_int(reply.status, status);
	if (status)
		ok_str(reply.body.data, "oops");
	stop(&s, h);
}

TEST(a_stream_that_is_refused_says_why)
{
	check_stream("HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\noo|ps",
		     CIRRUS_OK, 409);
	check_stream("HTTP/1.1 500 No\r\nConnection: close\r\n\r\noops",
		     CIRRUS_OK, 500);
}

TEST(a_stream_that_breaks_off_in_its_head_is_lost)
{
	check_stream("", CIRRUS_E_LOST, 0);
	check_stream("HTTP/1.1 101 UPG", CIRRUS_E_LOST, 0);
	check_stream("SSH-2.0-x\r\n\r\n", CIRRUS_E_LOST, 0);
}

TAP_MAIN()
