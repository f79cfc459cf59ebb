/* SPDX-License-Identifier: MIT */
/* L53: what the main process printed. */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

static cirrus_status logs(struct call *call, struct box *b, uint32_t flags,
			  struct target *w)
{
	struct cirrus_writer writer = target_writer(w);
	struct cirrus_logs_spec spec = {.struct_size = sizeof(spec),
					.flags = flags};

	return ON_IT(call, b->it[0], instance_logs, &spec, &writer);
}

static struct box *talker(struct t *t, const char *script)
{
	struct box *b = box_script(t, script);

	box_create(t, b);
	box_start(t, b);
	return b;
}

/* Follows from the start, to the last word before the exit. */
static void follow(struct t *t)
{
	struct box *b = talker(t, "echo first; sleep 1; printf 'no newline'; "
				  "echo wrong >&2; printf last");
	struct target w;
	CALL(t, call, 60000);

	target_init(&w, BUF_FILE);
	want_status(&call, logs(&call, b, 0, &w), CIRRUS_OK, "instance_logs");
	want_str(t, w.out.data, "first\nno newlinelast", "stdout in the logs");
	want_str(t, w.err.data, "wrong\n", "stderr in the logs");
	want(t, w.last_ns - w.first_ns > NS_PER_S / 2,
	     "nothing came before the end: it does not follow");
	target_clear(&w);
	target_init(&w, BUF_FILE);
	want_status(&call, logs(&call, b, 0, &w), CIRRUS_OK,
		    "logs of a finished one");
	want_str(t, w.out.data, "first\nno newlinelast",
		 "stdout in the logs of a finished one");
	target_clear(&w);
}

static void bulk(struct t *t)
{
	struct box *b =
		talker(t, "s=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 "
			  "9 10 11 12 13; do s=$s$s; done; "
			  "for i in 1 2 3 4 5 6 7 8; do "
			  "printf %s \"$s\"; done");
	struct target w;
	CALL(t, call, 60000);

	target_init(&w, BUF_FILE);
	want_status(&call, logs(&call, b, 0, &w), CIRRUS_OK, "instance_logs");
	want_int(t, (int64_t)w.out.len, 8 * 131072, "bytes of one line");
	for (size_t i = 0; i < w.out.len; i++)
		if (w.out.data[i] != "0123456789abcdef"[i % 16])
			failed(t, "byte %zu is another", i);
	target_clear(&w);
}

static void no_follow(struct t *t)
{
	struct box *b = talker(t, "echo here; sleep 60");
	struct target w;
	CALL(t, call, 10000);

	target_init(&w, BUF_FILE);
	for (int i = 0; i < 50 && w.out.len == 0; i++) {
		sleep_ms(20);
		want_status(&call, logs(&call, b, CIRRUS_LOGS_NO_FOLLOW, &w),
			    CIRRUS_OK, "logs with NO_FOLLOW");
	}
	want_str(t, w.out.data, "here\n", "logs with NO_FOLLOW");
	target_clear(&w);
}

static void l53_logs(struct t *t)
{
	follow(t);
	bulk(t);
	no_follow(t);
}

const struct check checks_logs[] = {
	{"L53", "logs follow, end, and are complete", CAP(LOGS) | CAP(COMMAND),
	 120, false, l53_logs},
	{0},
};
