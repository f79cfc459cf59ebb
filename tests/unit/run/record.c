/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/record.h"
#include "tap.h"

struct seen {
	struct buf output, bodies;
	int records, status;
	bool died;
};

static void on_output(void *ctx, const char *data, size_t len)
{
	buf_add(&((struct seen *)ctx)->output, data, len);
}

static void on_record(void *ctx, const struct record *r)
{
	struct seen *s = ctx;

	s->records++;
	s->status = r->status;
	s->died = r->died;
	buf_add(&s->bodies, r->body, r->body_len);
}

/* Feeds text in pieces of `size` bytes; @ stands for the nonce. */
static void feed(struct seen *s, const char *text, size_t size)
{
	struct record_sink sink = {s, on_output, on_record};
	AUTO_BUF struct buf all = BUF_INIT(BUF_LINE);
	struct record_parser p;

	*s = (struct seen){0};
	buf_init(&s->output, BUF_LINE);
	buf_init(&s->bodies, BUF_LINE);
	record_parser_init(&p, &sink);
	for (; *text; text++)
		if (*text == '@')
			buf_adds(&all, p.nonce);
		else
			buf_addc(&all, *text);
	for (size_t at = 0; at < all.len; at += size)
		record_parser_feed(&p, all.data + at,
				   all.len - at < size ? all.len - at : size);
	record_parser_end(&p);
	record_parser_clear(&p);
}

static void check(const char *text, const char *output, const char *bodies,
		  int records, int status)
{
	struct seen s;

	for (size_t size = 1; size < 120; size++) {
		feed(&s, text, size);
		if (!ok_str(s.output.data, output) ||
		    !ok_str(s.bodies.data, bodies) ||
		    !ok_int(s.records, records) || !ok_int(s.status, status))
			printf("# in pieces of %zu\n", size);
		buf_clear(&s.output);
		buf_clear(&s.bodies);
	}
}

TEST(a_record_ends_output_however_it_is_cut)
{
	check("one\ntwo@ 3 0:@\n", "one\ntwo", "", 1, 3);
}

TEST(records_follow_each_other)
{
	check("a@ 0 0:@\nb@ 1 0:A=1\n\nB=:2\n@\n@ 137 1:@\nc", "abc",
	      "A=1\n\nB=:2\n", 3, 137);
}

TEST(what_only_looks_like_a_nonce_is_output)
{
	check("\036\036\036"
	      "0123456789abcdef0123456789abcdef 0 0:\n\036@ 0 0:@\n\036",
	      "\036\036\036"
	      "0123456789abcdef0123456789abcdef 0 0:\n\036\036",
	      "", 1, 0);
}

TEST(a_record_cut_off_by_the_end_is_output)
{
	struct seen s;

	feed(&s, "a@ 3", 7);
	ok_int(s.records, 0);
	ok(s.output.len == 1 + RECORD_NONCE - 1 + 2 && s.output.data[0] == 'a');
	buf_clear(&s.output);
	buf_clear(&s.bodies);
}

TEST(every_parser_has_its_own_nonce)
{
	struct record_sink sink = {0};
	struct record_parser a, b;

	record_parser_init(&a, &sink);
	record_parser_init(&b, &sink);
	ok_int(strlen(a.nonce), RECORD_NONCE - 1);
	ok(strcmp(a.nonce, b.nonce) != 0);
}

TAP_MAIN()
