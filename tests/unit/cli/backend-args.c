/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/backend-args.h"

#include "tap.h"

static int parse(const char *text, struct backend_args *out, struct error **err)
{
	AUTO_STRV struct strv args = {0};

	strv_push(&args, text);
	return backend_args_parse(&args, out, err);
}

TEST(cuts_into_three_parts)
{
	AUTO_BACKEND_ARGS struct backend_args a = {0};

	need(parse("docker.host=unix:///a.sock?x=1", &a, NULL) == 0);
	ok_int(a.len, 1);
	ok_str(a.v[0].name, "docker");
	ok_str(a.v[0].key, "host");
	ok_str(a.v[0].value, "unix:///a.sock?x=1");
}

TEST(refuses_what_lacks_a_part)
{
	static const char *const bad[] = {"",      "x",       "docker.host",
					  "=1",    ".k=v",    "n.=v",
					  "k=v.w", "docker=x"};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_BACKEND_ARGS struct backend_args a = {0};
		AUTO_ERROR struct error *err = NULL;

		ok_int(parse(bad[i], &a, &err), -1);
		ok(err && strstr(err->msg, "is not NAME.KEY=VALUE"));
	}
}

TAP_MAIN()
