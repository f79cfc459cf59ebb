/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/mask.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"

/* Below this a line of a longer secret is more likely a brace than a secret. */
#define SHORTEST_LINE 4

struct secret {
	char *text;
	size_t len;
};

VEC_DEFINE(secret_vec, struct secret);

struct secrets {
	pthread_rwlock_t lock; /* guards all */
	struct secret_vec all;
};

struct secrets *secrets_new(void)
{
	struct secrets *s = xcalloc(1, sizeof(*s));

	pthread_rwlock_init(&s->lock, NULL);
	return s;
}

void secrets_free(struct secrets *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->all.len; i++)
		free(s->all.ptr[i].text);
	secret_vec_clear(&s->all);
	pthread_rwlock_destroy(&s->lock);
	free(s);
}

static void add_one(struct secrets *s, const char *text, size_t len)
{
	if (len == 0)
		return;
	for (size_t i = 0; i < s->all.len; i++)
		if (s->all.ptr[i].len == len &&
		    memcmp(s->all.ptr[i].text, text, len) == 0)
			return;
	secret_vec_push(&s->all, (struct secret){xmemdup0(text, len), len});
}

/* How many lines have something on them. */
static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; n++) {
		text += strspn(text, "\r\n");
		if (!*text)
			break;
		text += strcspn(text, "\r\n");
	}
	return n;
}

void secrets_add(struct secrets *s, const char *text)
{
	bool alone = count_lines(text) == 1;

	pthread_rwlock_wrlock(&s->lock);
	add_one(s, text, strlen(text));
	for (const char *line = text; strpbrk(text, "\r\n") && *line;) {
		size_t len = strcspn(line, "\r\n");

		if (alone || len >= SHORTEST_LINE)
			add_one(s, line, len);
		line += len + strspn(line + len, "\r\n");
	}
	pthread_rwlock_unlock(&s->lock);
}

void mask_init(struct mask *m, struct secrets *secrets,
	       void (*put)(void *ctx, const char *data, size_t len), void *ctx)
{
	*m = (struct mask){.secrets = secrets, .put = put, .ctx = ctx};
	buf_init(&m->held, BUF_FILE);
}

void mask_clear(struct mask *m)
{
	buf_clear(&m->held);
}

/* The earliest place from which data could still grow into the secret. */
static size_t open_start(const struct secret *s, const char *data, size_t len)
{
	size_t at = len >= s->len ? len - s->len + 1 : 0;

	while (at < len) {
		const char *c = memchr(data + at, s->text[0], len - at);

		if (!c)
			return len;
		at = (size_t)(c - data);
		if (memcmp(c, s->text, len - at) == 0)
			return at;
		at++;
	}
	return len;
}

struct match {
	size_t at, len;
};

/* The first secret in data from `from` on, the longest where several begin
 * there.  next[i] remembers where the i-th is to be found, so that each is
 * looked for once however often the others occur. */
static struct match first_match(const struct secrets *s, size_t *next,
				const char *data, size_t from, size_t len)
{
	struct match best = {len, 0};

	for (size_t i = 0; i < s->all.len; i++) {
		const struct secret *one = &s->all.ptr[i];

		if (next[i] < from || from == 0) {
			const char *hit = memmem(data + from, len - from,
						 one->text, one->len);

			next[i] = hit ? (size_t)(hit - data) : len;
		}
		if (next[i] < len &&
		    (next[i] < best.at ||
		     (next[i] == best.at && one->len > best.len)))
			best = (struct match){next[i], one->len};
	}
	return best;
}

static size_t first_open(const struct secrets *s, const char *data, size_t len)
{
	size_t open = len;

	for (size_t i = 0; i < s->all.len; i++) {
		size_t at = open_start(&s->all.ptr[i], data, len);

		open = at < open ? at : open;
	}
	return open;
}

/* Puts out what no secret can be part of any more, masked; returns how many
 * bytes of the end must wait.  Secrets that overlap are hidden together. */
static size_t filter(struct mask *m, const char *data, size_t len, bool last)
{
	const struct secrets *s = m->secrets;
	size_t open = last ? len : first_open(s, data, len);
	size_t done = m->covered; /* data up to here is out, or hidden */
	AUTO_FREE size_t *next = xcalloc(s->all.len + 1, sizeof(*next));

	for (size_t at = 0;;) {
		struct match hit = first_match(s, next, data, at, len);
		size_t until = hit.at < open ? hit.at : open;

		if (until > done)
			m->put(m->ctx, data + done, until - done);
		if (hit.at >= open)
			break;
		if (hit.at >= done)
			m->put(m->ctx, MASK_TEXT, strlen(MASK_TEXT));
		if (hit.at + hit.len > done)
			done = hit.at + hit.len;
		at = hit.at + 1;
	}
	m->covered = done > open ? done - open : 0;
	return len - open;
}

static void run_filter(struct mask *m, const char *data, size_t len, bool last)
{
	size_t wait;

	pthread_rwlock_rdlock(&m->secrets->lock);
	wait = filter(m, data, len, last);
	pthread_rwlock_unlock(&m->secrets->lock);
	if (m->held.len > 0)
		buf_consume(&m->held, m->held.len - wait);
	else
		buf_add(&m->held, data + len - wait, wait);
}

void mask_feed(struct mask *m, const char *data, size_t len)
{
	if (m->held.len == 0)
		run_filter(m, data, len, false);
	else if (buf_add(&m->held, data, len) == 0)
		run_filter(m, m->held.data, m->held.len, false);
}

void mask_flush(struct mask *m)
{
	if (m->held.len > 0)
		run_filter(m, m->held.data, m->held.len, true);
}

static void put_buf(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
}

char *secrets_mask(struct secrets *s, const char *text)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	struct mask m;

	mask_init(&m, s, put_buf, &out);
	run_filter(&m, text, strlen(text), true);
	mask_clear(&m);
	return buf_steal(&out);
}

void secrets_mask_error(struct secrets *s, struct error *err)
{
	char *msg = err->msg, *hint = err->hint;

	err->msg = msg ? secrets_mask(s, msg) : NULL;
	err->hint = hint ? secrets_mask(s, hint) : NULL;
	free(msg);
	free(hint);
}
