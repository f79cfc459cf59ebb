/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"

#include "tap.h"

TEST(now_goes_on_and_is_never_none)
{
	int64_t a = clock_now(), b = clock_now();

	ok(a > 0);
	ok(b >= a);
}

TEST(a_deadline_lies_ahead_and_none_stays_none)
{
	int64_t before = clock_now(), at = clock_after_ms(50);

	ok(at >= before + 50 * NS_PER_MS);
	ok(at <= clock_now() + 50 * NS_PER_MS);
	ok_int(clock_after_ms(0), 0);
}

TEST(epoch_is_of_this_century)
{
	ok(clock_epoch() > INT64_C(1700000000) * NS_PER_S);
}

TEST(durations_read_as_people_write_them)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{0, "0.0s"},
		{NS_PER_S / 10 - 1, "0.0s"},
		{1500 * NS_PER_MS, "1.5s"},
		{9990 * NS_PER_MS, "9.9s"},
		{10 * NS_PER_S, "10s"},
		{59 * NS_PER_S + 999 * NS_PER_MS, "59s"},
		{60 * NS_PER_S, "01:00"},
		{90 * NS_PER_S, "01:30"},
		{3599 * NS_PER_S, "59:59"},
		{3600 * NS_PER_S, "01:00:00"},
		{100 * 3600 * NS_PER_S, "100:00:00"},
	};
	char out[CLOCK_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok_str(clock_format(cases[i].ns, out), cases[i].text);
}

TEST(moments_read_as_json_wants_them)
{
	char out[32];

	ok_str(clock_format_utc(0, out), "1970-01-01T00:00:00.000Z");
	ok_str(clock_format_utc(INT64_C(1795460640) * NS_PER_S +
					123 * NS_PER_MS + 999,
				out),
	       "2026-11-23T19:04:00.123Z");
}

TAP_MAIN()
