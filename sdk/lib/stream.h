/* SPDX-License-Identifier: MIT */
/* Connections that stop being HTTP after the answer's head: attach and exec of
 * the Engine API ("hijacked"; POST with `Upgrade: tcp`, answered by 101 or 200,
 * then bytes both ways: docs.docker.com/reference/api/engine, "ContainerAttach").
 *
 * The socket does not block.  One thread at a time uses a stream. */
#ifndef CIRRUS_SDK_STREAM_H
#define CIRRUS_SDK_STREAM_H

#include <cirrus/backend.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "sdk/lib/http.h"

struct stream;

/* Sends the request and waits for the head of the answer.  OK with *out NULL:
 * the engine refused, and *reply holds status and body.  Else the statuses of
 * http_perform; rq->changes tells whether a break is LOST. */
cirrus_status stream_open(struct http *h, const struct cirrus_call *call,
			  const struct http_request *rq, struct stream **out,
			  struct http_reply *reply,
			  struct error **err) MUST_CHECK;
void stream_free(struct stream *s); /* closes */
#define AUTO_STREAM __attribute__((__cleanup__(stream_free_ptr)))
void stream_free_ptr(struct stream **s);

int stream_fd(const struct stream *s); /* for poll(2) */
/* As recv(2) and send(2) on a socket that does not block; -1 sets errno.  Before
 * polling for input, receive until EAGAIN: TLS may hold back decrypted bytes. */
ssize_t stream_recv(struct stream *s, void *data, size_t len);
ssize_t stream_send(struct stream *s, const void *data, size_t len);
/* Whether stream_end_input works: not over TLS, where libcurl keeps the layer
 * that would have to say it to itself. */
bool stream_can_end_input(const struct http *h);
/* Tells the engine that no more input follows, while output goes on. */
void stream_end_input(struct stream *s);

#endif
