/* SPDX-License-Identifier: MIT */
/* HTTP to one engine: over a unix socket, TCP, TLS, or a command that carries
 * the connection.
 *
 * A struct http keeps idle connections and hands one to each request; requests
 * may be made from any thread, and each runs on libcurl's multi interface with
 * the call's cancel fd and deadline beside its socket, so that it ends when the
 * call must.  Statuses say what may be done next:
 *
 *   OK         an answer came, of whatever HTTP status
 *   UNAVAIL    the request was never sent: nothing happened
 *   LOST       it was sent, and the connection broke before the answer was
 *              whole: only for requests that change something
 *   IO         the same for requests that change nothing (they were tried once
 *              more already, unless part of the answer was handed on), and
 *              where a reader or writer of the caller's gave up
 *   CANCELLED, TIMEOUT
 *
 * *err explains every status but OK.  The protocol is RFC 9112. */
#ifndef CIRRUS_SDK_HTTP_H
#define CIRRUS_SDK_HTTP_H

#include <cirrus/backend.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "sdk/lib/endpoint.h"

struct http;

/* Takes over what *endpoint holds and leaves it empty.  Does not connect. */
struct http *http_new(struct endpoint *endpoint);
void http_free(struct http *h);             /* no request may be running */
const char *http_url(const struct http *h); /* of the engine, for messages */
bool http_is_tls(const struct http *h);
/* For an engine that turned out to want TLS where there is none. */
void http_hint_tls(const struct http *h, struct error **err);

struct http_request {
	const char *method;
	const char *path;   /* quoted, with its query */
	const char *header; /* "Name: value", or NULL */

	/* The body: bytes, or a reader of `size` bytes (0: unknown). */
	const char *content_type;
	const char *body;
	const struct cirrus_reader *reader;
	int64_t size;

	/* Where the body of a 2xx answer goes, piece by piece; NULL: into the
	 * reply.  What it returns other than OK ends the request with that. */
	cirrus_status (*take)(void *ctx, const char *data, size_t len);
	void *ctx;

	bool changes; /* something in the engine: never sent twice */
	/* It makes something that only its answer tells of: once sent, the
	 * answer is awaited a moment longer than the call may take. */
	bool makes;
};

struct http_reply {
	long status;
	struct buf body;         /* not what `take` got */
	char api_version[16];    /* header Api-Version */
	char libpod_version[16]; /* header Libpod-Api-Version */
	char server[64];         /* header Server */
	bool lost; /* the request was sent, and no answer came to it */
};
#define HTTP_REPLY_INIT                      \
	{                                    \
		.body = BUF_INIT(BUF_ANSWER) \
	}
#define BUF_ANSWER (16u * 1024 * 1024) /* lists of everything an engine has */
void http_reply_clear(struct http_reply *r);
#define AUTO_REPLY __attribute__((__cleanup__(http_reply_clear)))

cirrus_status http_perform(struct http *h, const struct cirrus_call *call,
			   const struct http_request *rq,
			   struct http_reply *reply,
			   struct error **err) MUST_CHECK;

/* --- parts that stream.c shares ------------------------------------------- */

/* What a transfer needs to know of its caller. */
struct http_transfer {
	struct http *http;
	const struct cirrus_call *call;
	const struct http_request *rq;
	struct http_reply *reply;
	cirrus_status callback; /* what a reader or writer returned */
	int sent;               /* times the request went out */
	bool streamed;          /* part of the answer was handed on */
	long os_errno;          /* of a connection that failed */
	char curl_error[256];
};

/* An easy handle set up to reach the engine, and nothing else. */
void http_reach(struct http_transfer *t, void *easy, const char *path);
/* Runs the one transfer of a multi handle; a libcurl result, or -1 with
 * t->callback set to CANCELLED or TIMEOUT. */
int http_drive(struct http_transfer *t, void *multi);
/* The status and the words for a transfer that failed. */
cirrus_status http_explain(struct http_transfer *t, int result,
			   struct error **err);

#endif
