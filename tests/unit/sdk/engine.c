/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/engine-internal.h"
#include "tap.h"

static void check_version(const char *offered, const char *want)
{
	char got[16];

	engine_negotiate(offered, got, sizeof(got));
	ok_str(got, want);
}

TEST(the_lower_version_of_both_is_used)
{
	check_version("1.41", "1.41");
	check_version("1.9", "1.9");
	check_version("1.44", "1.44");
	check_version("1.51", "1.44");
	check_version("2.0", "1.44");
	check_version("", "1.44");
	check_version("nonsense", "1.44");
}

static void check_refusal(long http, const char *body, cirrus_status want,
			  const char *words)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_ERROR struct error *err = NULL;

	reply.status = http;
	buf_adds(&reply.body, body);
	ok_int(engine_refused(&reply, "x", &err), want);
	ok_str(err->msg, words);
}

TEST(docker_refuses_with_a_status)
{
	check_refusal(404, "{\"message\":\"No such container: x\"}",
		      CIRRUS_E_NOTFOUND, "x: No such container: x");
	check_refusal(409,
		      "{\"message\":\"Conflict. The container name \\\"/x\\\" "
		      "is already in use by container \\\"1\\\".\"}",
		      CIRRUS_E_EXISTS,
		      "x: Conflict. The container name \"/x\" is already in "
		      "use by container \"1\"");
	check_refusal(409, "{\"message\":\"Container 1 is not running\"}",
		      CIRRUS_E_CONFLICT, "x: Container 1 is not running");
	check_refusal(400, "{\"message\":\"bad\"}", CIRRUS_E_INVAL, "x: bad");
	check_refusal(500,
		      "{\"message\":\"Get https://r/v2/: unauthorized: "
		      "authentication required\"}",
		      CIRRUS_E_AUTH,
		      "x: Get https://r/v2/: unauthorized: authentication "
		      "required");
}

TEST(podman_refuses_with_500_and_words)
{
	check_refusal(500,
		      "{\"cause\":\"that name is already in use\",\"message\":"
		      "\"container storage: the container name \\\"x\\\" is "
		      "already in use by 1: that name is already in use\","
		      "\"response\":500}",
		      CIRRUS_E_EXISTS,
		      "x: container storage: the container name \"x\" is "
		      "already in use by 1: that name is already in use");
	check_refusal(500,
		      "{\"message\":\"can only create exec sessions on running "
		      "containers: container state improper\"}",
		      CIRRUS_E_CONFLICT,
		      "x: can only create exec sessions on running containers: "
		      "container state improper");
	check_refusal(404, "Not Found", CIRRUS_E_NOTFOUND, "x: Not Found");
	check_refusal(500, "", CIRRUS_E_FAILED, "x: no reason given");
}

TEST(a_full_disk_is_told_apart)
{
	check_refusal(500,
		      "{\"message\":\"write /x: no space left on device\"}",
		      CIRRUS_E_NOSPACE, "x: write /x: no space left on device");
}

TEST(a_request_in_a_message_is_left_out)
{
	check_refusal(500,
		      "{\"message\":\"error during bulk transfer for "
		      "copier.request{Request:\\\"PUT\\\", "
		      "Root:\\\"/a}\\\\\\\"b\\\", Globs:[]string{}, "
		      "O:copier.O{A:[]string(nil)}}: copier: put: error "
		      "writing /x: no space left on device\"}",
		      CIRRUS_E_NOSPACE,
		      "x: error during bulk transfer: copier: put: error "
		      "writing /x: no space left on device");
	check_refusal(500, "{\"message\":\"for copier.request{Request\"}",
		      CIRRUS_E_FAILED, "x: for copier.request{Request");
}

TAP_MAIN()
