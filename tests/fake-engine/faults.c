/* SPDX-License-Identifier: MIT */
/* What the REST client makes of an engine that misbehaves. */
#include "config.h"

#include "base/clock.h"
#include "base/fd.h"
#include "sdk/lib/engine.h"
#include "tap.h"
#include "tests/fake-engine/harness.h"

/* An operation failed, with this status and one report that has these words. */
static void failed(cirrus_status got, cirrus_status want, const char *words)
{
	ok_int(got, want);
	ok_int(told.errors, 1);
	ok_int(told.status, want);
	if (!ok(strstr(told.msg, words)))
		tap_quote("msg:", told.msg);
}

/* --- creating ------------------------------------------------------------------ */

static void create_fails(const char *rules, cirrus_status want,
			 const char *words, int requests)
{
	cirrus_conn *c = fake_start(test_dir(), rules);

	ok(fake_instance(c) == NULL);
	failed(told.status, want, words);
	ok_int(fake_requests("POST /containers/create"), requests);
	fake_stop(c);
}

TEST(create_cut_before_the_answer_is_lost_and_never_repeated)
{
	create_fails("on POST /containers/create\n\tclose\n", CIRRUS_E_LOST, "",
		     1);
}

TEST(create_cut_in_the_head_is_lost)
{
	create_fails("on POST /containers/create\n"
		     "\tsend HTTP/1.1 20\n\tclose\n",
		     CIRRUS_E_LOST, "", 1);
}

TEST(create_cut_in_the_body_is_lost)
{
	create_fails("on POST /containers/create\n"
		     "\tsend HTTP/1.1 201 Created\\r\\nContent-Length: "
		     "90\\r\\n\\r\\n\n"
		     "\tsend {\"Id\":\n\tclose\n",
		     CIRRUS_E_LOST, "", 1);
}

TEST(create_reset_while_the_request_is_sent_is_lost)
{
	create_fails("on POST /containers/create\n\tearly\n\tclose\n",
		     CIRRUS_E_LOST, "", 1);
}

TEST(create_on_a_refused_connection_did_not_happen)
{
	cirrus_conn *c = fake_start(test_dir(), "");

	fake_kill();
	ok(fake_instance(c) == NULL);
	failed(told.status, CIRRUS_E_UNAVAIL, fake_socket());
	fake_stop(c);
}

TEST(create_says_what_the_engine_said)
{
	create_fails(
		"on POST /containers/create\n"
		"\treply 409 {\"message\":\"Conflict. The container name is "
		"already in use\"}\n",
		CIRRUS_E_EXISTS, "already in use", 1);
}

TEST(a_message_that_is_no_json_is_shown_as_it_is)
{
	create_fails("on POST /containers/create\n\treply 500 it broke\n",
		     CIRRUS_E_FAILED, "it broke", 1);
}

/* There may be a container now, which nobody can name. */
TEST(an_answer_without_an_id_is_lost)
{
	create_fails("on POST /containers/create\n\treply 201 {\"I\":7}\n",
		     CIRRUS_E_LOST, "", 1);
}

TEST(an_error_without_end_is_cut)
{
	AUTO_FREE char *big = xmalloc(400001);
	AUTO_FREE char *rules = NULL;

	memset(big, 'e', 400000);
	big[400000] = '\0';
	rules = xasprintf("on POST /containers/create\n\treply 500 %s\n", big);
	create_fails(rules, CIRRUS_E_FAILED, "eee", 1);
}

/* --- time ------------------------------------------------------------------------- */

TEST(an_engine_that_hangs_costs_no_more_than_the_deadline)
{
	cirrus_conn *c =
		fake_start(test_dir(), "on POST /containers/create\n\thang\n");
	int64_t start = clock_now();

	fake_call.deadline_ns = clock_after_ms(300);
	ok(fake_instance(c) == NULL);
	failed(told.status, CIRRUS_E_TIMEOUT, "");
	ok(clock_now() - start < 2 * NS_PER_S + 300 * NS_PER_MS);
	fake_stop(c);
}

/* Else nobody would know of it. */
TEST(a_container_that_is_made_too_late_is_known)
{
	cirrus_conn *c = fake_start(
		test_dir(), "on POST /containers/create\n"
			    "\tsleep 600\n\treply 201 {\"Id\":\"x\"}\n");
	cirrus_instance *it;

	fake_call.deadline_ns = clock_after_ms(300);
	it = fake_instance(c);
	ok(it != NULL);
	ok_int(told.errors, 0);
	ok_int(fake_requests("POST /containers/create"), 1);
	cirrus_engine_instance_release(it);
	fake_stop(c);
}

TEST(a_cancelled_call_returns)
{
	cirrus_conn *c = fake_start(
		test_dir(), "on POST /containers/create\n"
			    "\tsend HTTP/1.1 201 C\\r\\nContent-Le\n\thang\n");
	int64_t start = clock_now();
	int fds[2];

	need(fd_pipe(fds, NULL) == 0);
	need(fd_write_all(fds[1], "x", 1) == 0);
	fake_call.cancel_fd = fds[0];
	ok(fake_instance(c) == NULL);
	failed(told.status, CIRRUS_E_CANCELLED, "");
	ok(clock_now() - start < 2 * NS_PER_S);
	close(fds[0]);
	close(fds[1]);
	fake_stop(c);
}

/* --- pulling ------------------------------------------------------------------------ */

static const struct cirrus_image_spec image = {.struct_size = sizeof(image),
					       .kind = "container",
					       .ref = "quay.io/a/b:1"};

static void pull_fails(const char *rules, cirrus_status want, const char *words)
{
	cirrus_conn *c = fake_start(test_dir(), rules);
	struct cirrus_image_info info = {.struct_size = sizeof(info)};

	failed(cirrus_engine_image_pull(c, &fake_call, &image, &info), want,
	       words);
	fake_stop(c);
}

#define STREAM "on POST /images/create\n\tstream 200\n"

static void pull_says(const char *message, cirrus_status want)
{
	AUTO_FREE char *rules = xasprintf(
		STREAM "\tchunk {\"status\":\"Pulling from a/b\"}\\r\\n\n"
		       "\tchunk {\"errorDetail\":{\"message\":\"%s\"},"
		       "\"error\":\"%s\"}\\r\\n\n\tend\n",
		message, message);

	pull_fails(rules, want, message);
}

TEST(errors_inside_a_pull_become_statuses)
{
	pull_says("manifest for quay.io/a/b:1 not found: manifest unknown",
		  CIRRUS_E_NOTFOUND);
	pull_says("unauthorized: access to the requested resource is not "
		  "authorized",
		  CIRRUS_E_AUTH);
	pull_says("write /var/lib/docker/tmp/x: no space left on device",
		  CIRRUS_E_NOSPACE);
	pull_says("something else", CIRRUS_E_FAILED);
}

TEST(an_error_split_over_chunks_is_read)
{
	pull_fails(STREAM "\tchunk {\"error\":\"mani\n"
			  "\tchunk fest unknown\"}\n\tend\n",
		   CIRRUS_E_NOTFOUND, "manifest unknown");
}

TEST(a_pull_that_breaks_off_fails)
{
	cirrus_conn *c =
		fake_start(test_dir(), STREAM
			   "\tchunk {\"status\":\"Pulling\"}\\r\\n\n\tclose\n");
	struct cirrus_image_info info = {.struct_size = sizeof(info)};

	ok(cirrus_engine_image_pull(c, &fake_call, &image, &info) < 0);
	ok_int(told.errors, 1);
	fake_stop(c);
}

TEST(a_pull_of_nonsense_fails)
{
	cirrus_conn *c =
		fake_start(test_dir(), STREAM "\tchunk <html>oops\n\tend\n");
	struct cirrus_image_info info = {.struct_size = sizeof(info)};

	ok(cirrus_engine_image_pull(c, &fake_call, &image, &info) < 0);
	ok_int(told.errors, 1);
	fake_stop(c);
}

/* --- usage ---------------------------------------------------------------------- */

TEST(figures_that_are_missing_are_asked_for_again)
{
	cirrus_conn *c = fake_start(
		test_dir(), "on POST /containers/create\n"
			    "\treply 201 {\"Id\":\"abc\"}\n"
			    "on GET /containers/abc/stats once\n"
			    "\treply 200\n"
			    "on GET /containers/abc/stats\n"
			    "\treply 200 {\"memory_stats\":{\"usage\":77}}\n");
	cirrus_instance *it = fake_instance(c);
	struct cirrus_usage u = {.struct_size = sizeof(u)};

	need(it);
	ok_int(cirrus_engine_instance_usage(it, &fake_call, &u), CIRRUS_OK);
	ok_int((int64_t)u.memory_bytes, 77);
	ok_int(told.errors, 0);
	ok_int(fake_requests("GET /containers/abc/stats"), 2);
	cirrus_engine_instance_release(it);
	fake_stop(c);
}

/* --- through a child process ---------------------------------------------------------- */

TEST(an_engine_behind_a_command_answers)
{
	cirrus_conn *c = fake_dial(test_dir(),
				   "on POST /containers/create\n"
				   "\treply 409 {\"message\":\"far away\"}\n",
				   NULL);

	need(c);
	ok(fake_instance(c) == NULL);
	failed(told.status, CIRRUS_E_CONFLICT, "far away");
	ok_int(fake_requests("POST /containers/create"), 1);
	fake_stop(c);
}

static void dialing_fails(const char *command, const char *words)
{
	ok(fake_dial(test_dir(), "", command) == NULL);
	failed(told.status, CIRRUS_E_IO, words);
	ok(strstr(told.msg, "ssh://far") != NULL);
	fake_stop(NULL);
}

TEST(a_command_that_fails_has_its_say)
{
	dialing_fails("echo 'Host key verification failed.' >&2; exit 255",
		      "Host key verification failed.");
	dialing_fails("exec /no/such/ssh", "/no/such/ssh");
}

TAP_MAIN()
