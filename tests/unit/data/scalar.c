/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/scalar.h"

#include "tap.h"

static void resolve_all(const char *const *texts, enum scalar_type want)
{
	for (; *texts; texts++)
		if (!ok_int(scalar_resolve(*texts), want))
			printf("#   of %s\n", *texts);
}

#define ALL(want, ...) \
	resolve_all((const char *const[]){__VA_ARGS__, NULL}, (want))

TEST(nothing_tilde_and_null_are_null)
{
	ALL(SCALAR_NULL, "", "~", "null", "Null", "NULL");
	ALL(SCALAR_STRING, "nULL", "~~", "nil", "none");
}

TEST(only_true_and_false_are_booleans)
{
	ALL(SCALAR_BOOL, "true", "True", "TRUE", "false", "False", "FALSE");
	ALL(SCALAR_STRING, "yes", "no", "on", "off", "y", "n", "tRUE");
}

TEST(whole_numbers_in_all_bases)
{
	ALL(SCALAR_INT, "0", "1", "-1", "+7", "1_000", "0x1F", "0XfF", "0b101",
	    "0o17", "017", "18446744073709551615");
	ALL(SCALAR_STRING, "0b2", "0x", "0xg", "-", "+", "--1", "1_a");
}

TEST(decimal_numbers)
{
	ALL(SCALAR_FLOAT, "1.", "1.5", ".5", ".5e3", "-1e9", "1e+3", "08",
	    "99999999999999999999", ".inf", "-.INF", "+.Inf", ".NaN");
	ALL(SCALAR_STRING, ".", "1.2.3", "1e", "e3", "12:30", "1e999", ".a",
	    "infinity", "nan", "0x1p3x");
}

TEST(days_of_the_calendar_and_times)
{
	ALL(SCALAR_TIMESTAMP, "2024-02-29", "2023-1-2", "2023-01-02T3:04:05Z",
	    "2023-01-02t03:04:05.25+01:00", "2023-01-02 03:04:05.5");
	ALL(SCALAR_STRING, "2023-02-29", "2023-13-01", "2023-00-10",
	    "2023-01-02T03:04:05", "2023-01-02 25:00:00", "23-01-02",
	    "2023-01-02x");
}

TEST(two_angles_are_the_merge_key)
{
	ALL(SCALAR_MERGE, "<<");
	ALL(SCALAR_STRING, "<", "<<<");
}

TEST(a_number_of_absurd_length_is_a_string)
{
	char text[400];

	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ok_int(scalar_resolve(text), SCALAR_STRING);
}

TAP_MAIN()
