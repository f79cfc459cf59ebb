/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/cj.h"

#include "base/mem.h"
#include "sdk/lib/url.h"
#include "tap.h"

static const char text[] =
	"{\"State\":{\"ExitCode\":137,\"OOMKilled\":true,\"Error\":\"x\"},"
	"\"Memory\":9007199254740991,\"Huge\":1e300,\"Null\":null,\"N\":\"5\"}";

TEST(paths_lead_to_values)
{
	AUTO_CJ cJSON *o = cj_parse(text, sizeof(text) - 1);
	char copy[2];

	ok_int(cj_int(o, "State.ExitCode"), 137);
	ok(cj_bool(o, "State.OOMKilled"));
	ok_str(cj_str(o, "State.Error"), "x");
	ok_int(cj_int(o, "Memory"), INT64_C(9007199254740991));
	cj_copy(o, "N", copy, sizeof(copy));
	ok_str(copy, "5");
}

TEST(what_is_not_there_is_nothing)
{
	AUTO_CJ cJSON *o = cj_parse(text, sizeof(text) - 1);

	ok_int(cj_int(o, "State.exitcode"), 0);
	ok_int(cj_int(o, "N"), 0);
	ok_int(cj_int(o, "Huge"), 0);
	ok_str(cj_str(o, "State"), "");
	ok_str(cj_str(o, "State.Error.deeper"), "");
	ok(!cj_bool(o, "Null"));
	ok_str(cj_str(NULL, "a.b"), "");
	ok(cj_parse("{", 1) == NULL);
}

TEST(absent_values_are_left_out)
{
	static const struct cirrus_kv kv[] = {{"a", "1"}, {"b", "\"x\"\n"}};
	static const char *const list[] = {"sh", "-c", "echo \"$x\"", NULL};
	cJSON *o = cJSON_CreateObject();
	AUTO_FREE char *out = NULL;

	cj_put_str(o, "None", NULL);
	cj_put_str(o, "Empty", "");
	cj_put_int(o, "Zero", 0);
	cj_put_bool(o, "False", false);
	cj_put_strv(o, "NoList", NULL);
	cj_put_int(o, "Big", INT64_MAX);
	cj_put_strv(o, "Cmd", list);
	cj_put_kv(o, "Labels", kv, 2);
	cj_put_kv(o, "Labels", kv, 0);
	out = cj_print(&o);
	ok(o == NULL);
	ok_str(out, "{\"Big\":9223372036854775807,"
		    "\"Cmd\":[\"sh\",\"-c\",\"echo \\\"$x\\\"\"],"
		    "\"Labels\":{\"a\":\"1\",\"b\":\"\\\"x\\\"\\n\"}}");
}

TEST(urls_are_quoted)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	buf_adds(&b, "/images/");
	url_quote_path(&b, "127.0.0.1:5000/a b/c:1");
	url_query(&b, "none", NULL);
	url_query(&b, "path", "/x/%41&?=\xc3\xa4-._~");
	url_query(&b, "q", "{\"a\":1}");
	ok_str(b.data, "/images/127.0.0.1%3A5000/a%20b/c%3A1"
		       "?path=%2Fx%2F%2541%26%3F%3D%C3%A4-._~"
		       "&q=%7B%22a%22%3A1%7D");
}

TAP_MAIN()
