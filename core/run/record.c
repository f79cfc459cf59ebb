/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define NONCE_LEN (RECORD_NONCE - 1)
/* What a script may hand on through CIRRUS_ENV, and a little for the rest. */
#define RECORD_MAX (16u * 1024 * 1024)

void record_parser_init(struct record_parser *p, const struct record_sink *sink)
{
	*p = (struct record_parser){.sink = *sink};
	buf_init(&p->held, RECORD_MAX);
	p->nonce[0] = '\036';
	random_hex(p->nonce + 1, (NONCE_LEN - 1) / 2);
}

void record_parser_clear(struct record_parser *p)
{
	buf_clear(&p->held);
}

static void put(struct record_parser *p, const char *data, size_t len)
{
	if (len > 0)
		p->sink.output(p->sink.ctx, data, len);
}

static void give_up(struct record_parser *p)
{
	p->broken = true;
	p->inside = false;
	put(p, p->held.data, p->held.len);
	buf_reset(&p->held);
}

/* Where a nonce begins in data, whole or cut off by its end; len if nowhere. */
static size_t find_nonce(const struct record_parser *p, const char *data,
			 size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *c = memchr(data + at, p->nonce[0], len - at);
		size_t left, n;

		if (!c)
			return len;
		at = (size_t)(c - data);
		left = len - at;
		n = left < NONCE_LEN ? left : NONCE_LEN;
		if (memcmp(c, p->nonce, n) == 0)
			return at;
		at++;
	}
	return len;
}

/* " STATUS DIED:" after the nonce; returns where the body begins, or NULL. */
static const char *parse_head(const struct record_parser *p, struct record *r)
{
	char *end;

	r->status = (int)strtol(p->held.data + NONCE_LEN, &end, 10);
	if (*end != ' ')
		return NULL;
	r->died = strtol(end, &end, 10) != 0;
	return *end == ':' ? end + 1 : NULL;
}

/* A whole record at the front of held; false: not all of it is here yet. */
static bool take_record(struct record_parser *p)
{
	struct record r = {0};
	const char *data = p->held.data, *body, *end;
	size_t left;

	if (p->held.len <= NONCE_LEN ||
	    !memchr(data + NONCE_LEN, ':', p->held.len - NONCE_LEN))
		return false;
	body = parse_head(p, &r);
	if (!body) {
		give_up(p);
		return true;
	}
	left = p->held.len - (size_t)(body - data);
	end = memmem(body, left, p->nonce, NONCE_LEN);
	if (!end || (size_t)(end - data) + NONCE_LEN == p->held.len)
		return false;
	r.body = body;
	r.body_len = (size_t)(end - body);
	p->inside = false;
	p->sink.record(p->sink.ctx, &r);
	buf_consume(&p->held, (size_t)(end - data) + NONCE_LEN + 1);
	return true;
}

/* Gives out what cannot be a nonce, keeps what may be one. */
static void scan_held(struct record_parser *p)
{
	size_t at = find_nonce(p, p->held.data, p->held.len);

	put(p, p->held.data, at);
	buf_consume(&p->held, at);
	p->inside = p->held.len >= NONCE_LEN;
}

void record_parser_feed(struct record_parser *p, const char *data, size_t len)
{
	/* nearly always: nothing held, nothing to hold */
	if (p->held.len == 0) {
		size_t at = p->broken ? len : find_nonce(p, data, len);

		put(p, data, at);
		data += at;
		len -= at;
	}
	if (len == 0)
		return;
	if (buf_add(&p->held, data, len) < 0) {
		give_up(p);
		put(p, data, len);
		return;
	}
	do
		if (!p->inside)
			scan_held(p);
	while (p->inside && take_record(p) && p->held.len > 0);
}

void record_parser_end(struct record_parser *p)
{
	put(p, p->held.data, p->held.len);
	buf_reset(&p->held);
	p->inside = false;
}
