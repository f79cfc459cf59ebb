/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/demux.h"

#include <cirrus/backend.h>

#include "base/buf.h"
#include "tap.h"

#define LIMIT (8u * 1024 * 1024)

static void add_frame(struct buf *out, int stream, const char *data, size_t len)
{
	const unsigned char head[8] = {(unsigned char)stream,
				       0,
				       0,
				       0,
				       (unsigned char)(len >> 24),
				       (unsigned char)(len >> 16),
				       (unsigned char)(len >> 8),
				       (unsigned char)len};

	buf_add(out, head, sizeof(head));
	buf_add(out, data, len);
}

/* Feeds all of in, in pieces of at most `most` bytes; sorts what comes out. */
static void feed(struct demux *d, const struct buf *in, size_t most,
		 struct buf *out, struct buf *err)
{
	size_t at = 0;

	while (at < in->len) {
		size_t end = at + 1 + (size_t)rand() % most;
		struct demux_piece p;

		if (end > in->len)
			end = in->len;
		while (at < end) {
			size_t used =
				demux_next(d, in->data + at, end - at, &p);

			if (!ok(used > 0 && used <= end - at))
				return;
			at += used;
			buf_add(p.stream == CIRRUS_STDERR ? err : out, p.data,
				p.len);
		}
	}
}

static void check_random(size_t frames, size_t longest, size_t most)
{
	AUTO_BUF struct buf in = BUF_INIT(LIMIT);
	struct buf want[2] = {BUF_INIT(LIMIT), BUF_INIT(LIMIT)};
	AUTO_BUF struct buf out = BUF_INIT(LIMIT);
	AUTO_BUF struct buf err = BUF_INIT(LIMIT);
	struct demux d = {0};

	for (size_t i = 0; i < frames; i++) {
		AUTO_BUF struct buf data = BUF_INIT(LIMIT);
		size_t len = (size_t)rand() % longest;
		int stream = 1 + rand() % 2;

		for (size_t k = 0; k < len; k++)
			buf_addc(&data, (char)rand());
		add_frame(&in, stream, data.data, len);
		buf_add(&want[stream - 1], data.data, len);
	}
	feed(&d, &in, most, &out, &err);
	ok(demux_at_boundary(&d));
	ok_mem(out.data, out.len, want[0].data, want[0].len);
	ok_mem(err.data, err.len, want[1].data, want[1].len);
	buf_clear(&want[0]);
	buf_clear(&want[1]);
}

TEST(frames_cut_anywhere_come_out_whole)
{
	srand(1);
	check_random(200, 20, 1);
	check_random(200, 20, 9);
	check_random(100, 3000, 700);
	check_random(20, 70000, 40000);
}

TEST(a_raw_stream_passes_as_it_is)
{
	AUTO_BUF struct buf in = BUF_INIT(LIMIT);
	AUTO_BUF struct buf out = BUF_INIT(LIMIT);
	AUTO_BUF struct buf err = BUF_INIT(LIMIT);
	struct demux d = {.raw = true};

	add_frame(&in, 2, "looks like a frame", 18);
	feed(&d, &in, 5, &out, &err);
	ok_mem(out.data, out.len, in.data, in.len);
	ok_int(err.len, 0);
	ok(demux_at_boundary(&d));
}

TEST(a_stream_that_ends_inside_a_frame_is_seen)
{
	AUTO_BUF struct buf in = BUF_INIT(LIMIT);
	struct demux_piece p;

	add_frame(&in, 1, "12345", 5);
	for (size_t cut = 1; cut < in.len; cut++) {
		struct demux d = {0};
		size_t at = 0;

		while (at < cut)
			at += demux_next(&d, in.data + at, cut - at, &p);
		ok(!demux_at_boundary(&d));
	}
}

TEST(what_is_no_frame_is_refused)
{
	static const char text[] = "HTTP/1.1 500 oops and more";
	struct demux d = {0};
	struct demux_piece p;
	size_t at = 0;

	while (at < sizeof(text)) {
		at += demux_next(&d, text + at, sizeof(text) - at, &p);
		ok_int(p.len, 0);
	}
	ok(d.garbled);
	ok(!demux_at_boundary(&d));
}

TEST(the_engine_speaks_in_a_stream_of_its_own)
{
	AUTO_BUF struct buf in = BUF_INIT(LIMIT);
	struct demux d = {0};
	struct demux_piece p;

	add_frame(&in, 3, "disk gone", 9);
	demux_next(&d, in.data, in.len, &p);
	demux_next(&d, in.data + 8, in.len - 8, &p);
	ok_int(p.stream, DEMUX_ENGINE);
	ok_mem(p.data, p.len, "disk gone", 9);
}

TAP_MAIN()
