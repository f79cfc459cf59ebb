/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report.h"

#define START(id, more)                                               \
	"{\"test\":{\"id\":" #id ",\"name\":\"t" #id "\",\"line\":3," \
	"\"column\":5,\"url\":\"file:///w/test/a_test.dart\"" more    \
	"},\"type\":\"testStart\",\"time\":1}\n"
#define ERROR(id, text)                                              \
	"{\"testID\":" #id ",\"error\":\"" text "\",\"stackTrace\":" \
	"\"s\",\"isFailure\":true,\"type\":\"error\",\"time\":2}\n"
#define DONE(id, result)                                                   \
	"{\"testID\":" #id ",\"result\":\"" result "\",\"skipped\":false," \
	"\"hidden\":false,\"type\":\"testDone\",\"time\":3}\n"

TEST(tests_that_failed_are_told)
{
	ok_str(report("flutter",
		      "{\"protocolVersion\":\"0.1.1\",\"type\":\"start\"}\n"
		      "Downloading something...\n"
		      "[{\"event\":\"test.startedProcess\"}]\n" START(
			      1, "") START(2, "") DONE(1,
						       "success") ERROR(2,
									"one")
			      ERROR(2, "two") DONE(2, "failure") START(3, "") DONE(
				      3,
				      "error") "{\"success\":false,\"type\":\"done\",\"time\":9}\n"),
	       "failure /w/test/a_test.dart:3-3:5-0 t2 | one\ntwo\n"
	       "failure /w/test/a_test.dart:3-3:5-0 t3\n");
}

TEST(the_root_is_where_the_test_is_written)
{
	ok_str(report("flutter",
		      START(1, ",\"root_line\":7,\"root_column\":8,"
			       "\"root_url\":\"file:///w/b_test.dart\"")
			      DONE(1, "failure")),
	       "failure /w/b_test.dart:7-7:8-0 t1\n");
	ok_str(report("flutter",
		      "{\"test\":{\"id\":1,\"name\":\"n\",\"line\":3,\"url\":"
		      "\"package:flutter_test/src/w.dart\"},\"type\":"
		      "\"testStart\"}\n" DONE(1, "failure")),
	       "failure :0-0:0-0 n\n");
}

TEST(a_run_that_broke_off_tells_what_it_knew)
{
	ok_str(report("flutter", START(1, "") ERROR(1, "bad") START(2, "")),
	       "failure /w/test/a_test.dart:3-3:5-0 t1 | bad\n");
	ok_str(report("flutter",
		      START(1, "") ERROR(1, "bad") "{\"testID\":1,\"ty\n"),
	       "3:14: this is no JSON\n"
	       "failure /w/test/a_test.dart:3-3:5-0 t1 | bad\n");
}

TEST(odd_numbers_do_no_harm)
{
	ok_str(report("flutter",
		      START(-1, "") START(99999999999, "") DONE(
			      5, "failure") ERROR(-1, "x") DONE(-1, "failure")
			      DONE(99999999999,
				   "failure") "{\"type\":\"testStart\"}\n{\"type\":\"error\"}\n"),
	       "");
	ok_str(report("flutter", START(1, "") START(1, ",\"line\":9")
					 DONE(1, "failure") DONE(1, "failure")),
	       "failure /w/test/a_test.dart:3-3:5-0 t1\n");
}

TAP_MAIN()
