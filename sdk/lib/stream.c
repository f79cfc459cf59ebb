/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/stream.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/call.h"

struct stream {
	CURLM *multi;
	CURL *easy;
	curl_socket_t fd;
	bool tls;
	struct buf early; /* came with the head; handed out first */
	size_t early_at;
};

void stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->easy) {
		curl_multi_remove_handle(s->multi, s->easy);
		curl_easy_cleanup(s->easy);
	}
	if (s->multi)
		curl_multi_cleanup(s->multi);
	buf_clear(&s->early);
	free(s);
}

void stream_free_ptr(struct stream **s)
{
	stream_free(*s);
}

int stream_fd(const struct stream *s)
{
	return s->fd;
}

bool stream_can_end_input(const struct http *h)
{
	return !http_is_tls(h);
}

void stream_end_input(struct stream *s)
{
	if (!s->tls)
		shutdown(s->fd, SHUT_WR);
}

static ssize_t as_errno(CURLcode result, size_t n)
{
	if (result == CURLE_OK)
		return (ssize_t)n;
	errno = result == CURLE_AGAIN ? EAGAIN : EPIPE;
	return -1;
}

ssize_t stream_recv(struct stream *s, void *data, size_t len)
{
	size_t n = s->early.len - s->early_at;

	if (n == 0) {
		CURLcode r = curl_easy_recv(s->easy, data, len, &n);

		return as_errno(r, n);
	}
	if (n > len)
		n = len;
	memcpy(data, s->early.data + s->early_at, n);
	s->early_at += n;
	return (ssize_t)n;
}

ssize_t stream_send(struct stream *s, const void *data, size_t len)
{
	size_t n = 0;
	CURLcode r = curl_easy_send(s->easy, data, len, &n);

	return as_errno(r, n);
}

/* --- the request, by hand --------------------------------------------------- */

static void write_request(const struct http_request *rq, struct buf *out)
{
	buf_addf(out,
		 "%s %s HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\n"
		 "Upgrade: tcp\r\nContent-Type: application/json\r\n"
		 "Content-Length: %zu\r\n\r\n",
		 rq->method, rq->path, rq->body ? strlen(rq->body) : 0);
	if (rq->body)
		buf_adds(out, rq->body);
}

/* Waits for the socket within the call; a libcurl result, or -1 with
 * t->callback set. */
static int wait_for(struct stream *s, struct http_transfer *t, short events)
{
	enum fd_wait w = fd_wait(s->fd, events, call_cancel_fd(t->call),
				 call_deadline(t->call));

	if (w == FD_READY)
		return CURLE_OK;
	if (w == FD_WAIT_ERROR)
		return CURLE_RECV_ERROR;
	t->callback = w == FD_CANCELLED ? CIRRUS_E_CANCELLED : CIRRUS_E_TIMEOUT;
	return -1;
}

static int send_request(struct stream *s, struct http_transfer *t)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	size_t at = 0;
	int result = CURLE_OK;

	write_request(t->rq, &out);
	if (out.overflow)
		return CURLE_OUT_OF_MEMORY;
	while (at < out.len && result == CURLE_OK) {
		ssize_t n = stream_send(s, out.data + at, out.len - at);

		if (n >= 0) {
			t->sent = 1;
			at += (size_t)n;
		} else if (errno == EAGAIN) {
			result = wait_for(s, t, POLLOUT);
		} else {
			result = CURLE_SEND_ERROR;
		}
	}
	return result;
}

/* Receives into s->early: a libcurl result or -1. */
static int receive_more(struct stream *s, struct http_transfer *t)
{
	char *room = buf_room(&s->early, 16384);
	size_t n = 0;
	CURLcode r;

	if (!room)
		return CURLE_FILESIZE_EXCEEDED;
	for (;;) {
		int waited;

		r = curl_easy_recv(s->easy, room, 16384, &n);
		if (r != CURLE_AGAIN)
			break;
		waited = wait_for(s, t, POLLIN);
		if (waited != CURLE_OK)
			return waited;
	}
	buf_grown(&s->early, n);
	return r == CURLE_OK && n == 0 ? CURLE_GOT_NOTHING : (int)r;
}

static long content_length(const char *head)
{
	const char *line = strcasestr(head, "\r\ncontent-length:");

	return line ? strtol(line + strlen("\r\ncontent-length:"), NULL, 10)
		    : -1;
}

/* Where the engine refused, the rest is an ordinary, short answer; one without
 * a length ends with the connection, or is cut where it does not end. */
static void receive_refusal(struct stream *s, struct http_transfer *t)
{
	long length = content_length(s->early.data);
	size_t want = length < 0 ? BUF_LINE : (size_t)length;
	size_t have = s->early.len - s->early_at;

	while (have < want && receive_more(s, t) == CURLE_OK)
		have = s->early.len - s->early_at;
	buf_add(&t->reply->body, s->early.data + s->early_at, have);
}

static int receive_head(struct stream *s, struct http_transfer *t)
{
	const char *end;

	while (!(end = strstr(s->early.data, "\r\n\r\n"))) {
		int result = receive_more(s, t);

		if (result != CURLE_OK)
			return result;
	}
	if (strncmp(s->early.data, "HTTP/1.", 7) != 0)
		return CURLE_WEIRD_SERVER_REPLY;
	t->reply->status = strtol(s->early.data + 9, NULL, 10);
	s->early_at = (size_t)(end - s->early.data) + 4;
	if (t->reply->status != 101 && t->reply->status != 200)
		receive_refusal(s, t);
	return CURLE_OK;
}

static int converse(struct stream *s, struct http_transfer *t)
{
	int result = http_drive(t, s->multi);

	curl_easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &t->os_errno);
	if (result != CURLE_OK)
		return result;
	if (curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &s->fd) ||
	    s->fd == CURL_SOCKET_BAD)
		return CURLE_COULDNT_CONNECT;
	result = send_request(s, t);
	return result == CURLE_OK ? receive_head(s, t) : result;
}

cirrus_status stream_open(struct http *h, const struct cirrus_call *call,
			  const struct http_request *rq, struct stream **out,
			  struct http_reply *reply, struct error **err)
{
	struct http_transfer t = {
		.http = h, .call = call, .rq = rq, .reply = reply};
	AUTO_STREAM struct stream *s = xcalloc(1, sizeof(*s));
	int result;

	*out = NULL;
	buf_init(&s->early, BUF_MESSAGE);
	s->tls = http_is_tls(h);
	s->multi = curl_multi_init();
	s->easy = curl_easy_init();
	if (!s->multi || !s->easy)
		abort(); /* out of memory, as in base/mem.h */
	http_reach(&t, s->easy, "/");
	curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_multi_add_handle(s->multi, s->easy);
	result = converse(s, &t);
	/* libcurl writes what goes wrong later where it was told to, and t is
	 * gone by then. */
	curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, NULL);
	if (result != CURLE_OK)
		return http_explain(&t, result, err);
	if (reply->status == 101 || reply->status == 200)
		*out = STEAL_PTR(s);
	return CIRRUS_OK;
}
