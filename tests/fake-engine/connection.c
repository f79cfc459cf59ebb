/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tests/fake-engine/connection.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"

#define FRAME 32768

struct connection {
	int fd;
	struct buf in; /* read, not yet used */
};

/* --- reading ------------------------------------------------------------------ */

static bool fill(struct connection *c)
{
	char *room = buf_room(&c->in, 4096);
	ssize_t n = room ? fd_read(c->fd, room, 4096) : -1;

	if (n > 0)
		buf_grown(&c->in, (size_t)n);
	return n > 0;
}

/* A line without its CRLF, for free(); NULL at the end. */
static char *read_line(struct connection *c)
{
	const char *nl;
	size_t len;
	char *line;

	while (!(nl = memchr(c->in.data, '\n', c->in.len)))
		if (!fill(c))
			return NULL;
	len = (size_t)(nl - c->in.data);
	line = xstrndup(c->in.data, len);
	buf_consume(&c->in, len + 1);
	line[strcspn(line, "\r")] = '\0';
	return line;
}

static bool discard(struct connection *c, size_t left)
{
	while (left > c->in.len) {
		left -= c->in.len;
		buf_reset(&c->in);
		if (!fill(c))
			return false;
	}
	buf_consume(&c->in, left);
	return true;
}

static bool discard_chunks(struct connection *c)
{
	bool more = true;

	while (more) {
		AUTO_FREE char *size = read_line(c);
		AUTO_FREE char *empty = NULL;
		unsigned long len = size ? strtoul(size, NULL, 16) : 0;

		more = len > 0;
		if (!size || !discard(c, len) || !(empty = read_line(c)))
			return false;
	}
	return true;
}

struct request {
	char *line;
	size_t length;
	bool chunked;
};

static bool read_head(struct connection *c, struct request *r)
{
	r->line = read_line(c);
	for (;;) {
		AUTO_FREE char *h = r->line ? read_line(c) : NULL;

		if (!h)
			return false;
		if (h[0] == '\0')
			return true;
		if (strncasecmp(h, "content-length:", 15) == 0)
			r->length = strtoul(h + 15, NULL, 10);
		if (strcasecmp(h, "transfer-encoding: chunked") == 0)
			r->chunked = true;
		if (strcasecmp(h, "expect: 100-continue") == 0 &&
		    fd_write_all(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25))
			return false;
	}
}

/* --- actions -------------------------------------------------------------------- */

static bool put(struct connection *c, const void *data, size_t len)
{
	return fd_write_all(c->fd, data, len) == 0;
}

static bool putf(struct connection *c, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	return put(c, text, strlen(text));
}

static bool do_reply(struct connection *c, const struct action *a)
{
	return putf(c,
		    "HTTP/1.1 %ld Fake\r\nApi-Version: 1.41\r\n"
		    "Content-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    a->number, a->len) &&
	       put(c, a->text, a->len);
}

static bool do_head(struct connection *c, const struct action *a)
{
	return putf(c, "HTTP/1.1 %ld Fake\r\n%s%s\r\n", a->number, a->text,
		    a->len ? "\r\n" : "");
}

static bool do_stream(struct connection *c, const struct action *a)
{
	return putf(c,
		    "HTTP/1.1 %ld Fake\r\nContent-Type: application/json\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n",
		    a->number);
}

static bool do_chunk(struct connection *c, const struct action *a)
{
	return putf(c, "%zx\r\n", a->len) && put(c, a->text, a->len) &&
	       put(c, "\r\n", 2);
}

static bool do_end(struct connection *c, const struct action *a)
{
	(void)a;
	return put(c, "0\r\n\r\n", 5);
}

static bool do_upgrade(struct connection *c, const struct action *a)
{
	(void)a;
	return putf(c, "HTTP/1.1 101 UPGRADED\r\n"
		       "Content-Type: application/vnd.docker.raw-stream\r\n"
		       "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
}

static bool do_send(struct connection *c, const struct action *a)
{
	return put(c, a->text, a->len);
}

static bool put_frame(struct connection *c, long stream, const char *data,
		      size_t len)
{
	unsigned char head[8] = {(unsigned char)stream,
				 0,
				 0,
				 0,
				 (unsigned char)(len >> 24),
				 (unsigned char)(len >> 16),
				 (unsigned char)(len >> 8),
				 (unsigned char)len};

	return put(c, head, sizeof(head)) && put(c, data, len);
}

static bool do_frame(struct connection *c, const struct action *a)
{
	return put_frame(c, a->number, a->text, a->len);
}

static bool do_flood(struct connection *c, const struct action *a)
{
	long long left = strtoll(a->text, NULL, 10);
	char *xs = xmalloc(FRAME);
	bool ok = true;

	memset(xs, 'x', FRAME);
	for (; left > 0 && ok; left -= FRAME)
		ok = put_frame(c, a->number, xs,
			       left < FRAME ? (size_t)left : FRAME);
	free(xs);
	return ok;
}

static bool do_take(struct connection *c, const struct action *a)
{
	return discard(c, (size_t)a->number);
}

static bool do_drain(struct connection *c, const struct action *a)
{
	(void)a;
	do
		buf_reset(&c->in);
	while (fill(c));
	return true;
}

static bool do_sleep(struct connection *c, const struct action *a)
{
	struct timespec ts = {a->number / 1000, a->number % 1000 * 1000000};

	(void)c;
	nanosleep(&ts, NULL);
	return true;
}

static bool do_hang(struct connection *c, const struct action *a)
{
	do_drain(c, a);
	return false;
}

static bool do_close(struct connection *c, const struct action *a)
{
	(void)c, (void)a;
	return false;
}

static bool do_die(struct connection *c, const struct action *a)
{
	(void)c, (void)a;
	_exit(0);
}

const struct action_kind action_kinds[] = {
	{"reply", do_reply, true, true},
	{"head", do_head, true, true},
	{"stream", do_stream, true, false},
	{"chunk", do_chunk, false, true},
	{"end", do_end, false, false},
	{"upgrade", do_upgrade, false, false},
	{"send", do_send, false, true},
	{"frame", do_frame, true, true},
	{"flood", do_flood, true, true},
	{"take", do_take, true, false},
	{"drain", do_drain, false, false},
	{"sleep", do_sleep, true, false},
	{"hang", do_hang, false, false},
	{"close", do_close, false, false},
	{"die", do_die, false, false},
	{NULL, NULL, false, false},
};

/* --- the conversation --------------------------------------------------------------- */

static const struct action not_found = {
	.number = 404,
	.text = (char *)"{\"message\":\"the fake engine has no rule for this\"}",
	.len = 50,
};

static bool answer(struct connection *c, struct rule *rule,
		   const struct request *r)
{
	bool go_on = true;

	if (!rule || !rule->early)
		go_on = r->chunked ? discard_chunks(c) : discard(c, r->length);
	if (!rule)
		return go_on && do_reply(c, &not_found);
	for (size_t i = 0; i < rule->actions.len && go_on; i++)
		go_on = rule->actions.ptr[i].run(c, &rule->actions.ptr[i]);
	return go_on;
}

/* In one write, so that lines of several threads do not mix. */
static void write_log(int log_fd, const char *line)
{
	AUTO_FREE char *text =
		xasprintf("%.*s\n", (int)(strrchr(line, ' ') - line), line);

	if (log_fd >= 0 && fd_write_all(log_fd, text, strlen(text)) < 0)
		abort();
}

static bool serve_one(struct connection *c, int log_fd, struct rule *rules)
{
	struct request r = {0};
	bool go_on = read_head(c, &r);
	char *path = r.line ? strchr(r.line, ' ') : NULL;
	char *end = path ? strrchr(path + 1, ' ') : NULL;

	if (go_on && end) {
		write_log(log_fd, r.line);
		*path++ = '\0';
		*end = '\0';
		go_on = answer(c, script_match(rules, r.line, path), &r);
	}
	free(r.line);
	return go_on && end;
}

void connection_serve(int fd, int log_fd, struct rule *rules)
{
	struct connection c = {.fd = fd, .in = BUF_INIT(BUF_FILE)};

	while (serve_one(&c, log_fd, rules))
		;
	buf_clear(&c.in);
	close(c.fd);
}
