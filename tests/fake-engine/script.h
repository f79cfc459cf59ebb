/* SPDX-License-Identifier: MIT */
/* What the fake engine says to whom: rules read from a text file.
 *
 *	# A line that begins with # is a comment; blank lines are skipped.
 *	on POST /containers/create
 *		head 201
 *		send {"Id":
 *		close
 *
 * `on METHOD PATTERN [once]` begins a rule: PATTERN is matched as by fnmatch(3)
 * against the path without query and without /vN.NN in front.  The first rule
 * that matches counts; one marked `once` serves one request and is then passed
 * over.  What no rule matches gets 404.  Then, one a line, what is done:
 *
 *	reply STATUS [BODY]      a whole answer; the connection stays
 *	head STATUS [Name: value]  status line and a header, then no length: the
 *	                         body ends with the connection
 *	stream STATUS            the head of a chunked answer
 *	chunk TEXT               one chunk of it
 *	end                      the last chunk
 *	upgrade                  101, and from then on raw bytes
 *	send TEXT                bytes as they are
 *	frame STREAM TEXT        a frame of Docker's multiplexed streams
 *	flood STREAM BYTES       as many bytes of x, in frames of 32768
 *	take BYTES               reads that many bytes of raw input
 *	drain                    reads raw input to its end
 *	sleep MS
 *	hang                     waits until the peer has closed
 *	close                    ends the connection; with `early` the peer sees
 *	                         a reset
 *	die                      ends the engine, all connections with it
 *	early                    first in a rule: answers before the body is read
 *
 * TEXT knows \n \r \t \\ and \xHH. */
#ifndef CIRRUS_FAKE_ENGINE_SCRIPT_H
#define CIRRUS_FAKE_ENGINE_SCRIPT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/vec.h"

struct connection;

struct action {
	/* False: the connection is at its end. */
	bool (*run)(struct connection *c, const struct action *a);
	long number; /* status, stream, bytes, milliseconds */
	char *text;  /* unescaped */
	size_t len;
};
VEC_DEFINE(action_vec, struct action);

struct rule {
	char *method, *pattern;
	bool once, early;
	atomic_bool used;
	struct action_vec actions;
	struct rule *next;
};

/* Rules stay until the process ends. */
struct rule *script_load(const char *path, struct error **err) MUST_CHECK;
/* The rule that serves this request, or NULL.  Any thread. */
struct rule *script_match(struct rule *rules, const char *method,
			  const char *path);

/* What an action's name stands for, in connection.c. */
struct action_kind {
	const char *name;
	bool (*run)(struct connection *c, const struct action *a);
	bool number, text; /* what it is followed by */
};
extern const struct action_kind action_kinds[];

#endif
