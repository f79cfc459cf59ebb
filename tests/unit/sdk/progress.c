/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/progress.h"

#include "base/mem.h"
#include "tap.h"

static struct {
	struct {
		char item[64], what[64];
		int64_t done, total;
	} v[64];
	size_t len;
} seen;

static void note_progress(const struct cirrus_call *call UNUSED,
			  const struct cirrus_progress *p)
{
	snprintf(seen.v[seen.len].item, 64, "%s", p->item);
	snprintf(seen.v[seen.len].what, 64, "%s", p->what);
	seen.v[seen.len].done = p->done;
	seen.v[seen.len++].total = p->total;
}

static void note_log(const struct cirrus_call *call UNUSED,
		     int32_t level UNUSED, const char *msg UNUSED)
{
}

static const struct cirrus_host host = {.struct_size = sizeof(host),
					.progress = note_progress,
					.log = note_log};
static const struct cirrus_call call = {.struct_size = sizeof(call),
					.host = &host};

/* Feeds the text in pieces of n bytes. */
static void feed(struct progress *p, const char *text, size_t n)
{
	size_t len = strlen(text);

	seen.len = 0;
	for (size_t at = 0; at < len; at += n)
		ok_int(progress_take(p, text + at, len - at < n ? len - at : n),
		       CIRRUS_OK);
}

static const char pull[] =
	"{\"status\":\"Pulling from x\",\"id\":\"latest\"}\r\n"
	"{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"aa\"}\r\n"
	"{\"status\":\"Downloading\",\"progressDetail\":{\"current\":10,"
	"\"total\":100},\"progress\":\"[=>  ] \\\"}{\",\"id\":\"aa\"}"
	"{\"status\":\"Downloading\",\"progressDetail\":{\"current\":60,"
	"\"total\":100},\"id\":\"aa\"}\n"
	"{\"status\":\"Extracting\",\"progressDetail\":{\"current\":5,"
	"\"total\":100},\"id\":\"aa\"}\r\n"
	"{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"aa\"}\r\n"
	"{\"status\":\"Status: Downloaded\"}\r\n";

TEST(layers_never_go_back_however_the_stream_is_cut)
{
	for (size_t n = 1; n < sizeof(pull); n += 7) {
		AUTO_PROGRESS struct progress p = PROGRESS_INIT(&call);
		AUTO_ERROR struct error *err = NULL;

		feed(&p, pull, n);
		ok_int(progress_end(&p, "pull", &err), CIRRUS_OK);
		ok_int(seen.len, 5);
		for (size_t i = 1; i < seen.len; i++)
			ok(seen.v[i].done >= seen.v[i - 1].done);
		ok_str(seen.v[2].item, "aa");
		ok_int(seen.v[2].done, 60);
		ok_int(seen.v[4].done, 100);
		ok_int(seen.v[4].total, 100);
	}
}

static void check_error(const char *stream, cirrus_status want,
			const char *words)
{
	AUTO_PROGRESS struct progress p = PROGRESS_INIT(&call);
	AUTO_ERROR struct error *err = NULL;

	feed(&p, stream, 11);
	ok_int(progress_end(&p, "pull of x", &err), want);
	ok_str(err ? err->msg : NULL, words);
}

TEST(errors_after_200_become_statuses)
{
	check_error("{\"error\":\"manifest unknown\",\"errorDetail\":{"
		    "\"message\":\"manifest for x:y not found: manifest "
		    "unknown\"}}",
		    CIRRUS_E_NOTFOUND,
		    "pull of x: manifest for x:y not found: manifest unknown");
	check_error("{\"errorDetail\":{\"message\":\"unauthorized: "
		    "authentication required\"}}",
		    CIRRUS_E_AUTH,
		    "pull of x: unauthorized: authentication required");
	check_error("{\"error\":\"write /x: no space left on device\"}",
		    CIRRUS_E_NOSPACE,
		    "pull of x: write /x: no space left on device");
	check_error("{\"error\":\"something else\"}", CIRRUS_E_FAILED,
		    "pull of x: something else");
}

TEST(a_stream_that_breaks_off_is_lost)
{
	check_error("{\"status\":\"a\"}{\"status\":\"b", CIRRUS_E_LOST,
		    "pull of x: the engine's answer broke off");
}

TEST(garbage_between_objects_is_passed_over)
{
	AUTO_PROGRESS struct progress p = PROGRESS_INIT(&call);
	AUTO_ERROR struct error *err = NULL;

	feed(&p, "\"]}}, 17 {\"aux\":{\"ID\":\"sha256:1\"}} {\"aux\":{}} x", 1);
	ok_int(progress_end(&p, "build", &err), CIRRUS_OK);
	ok_str(p.id, "sha256:1");
}

static char output[256];

static cirrus_status take_output(void *ctx UNUSED, int32_t stream UNUSED,
				 const void *data, size_t len)
{
	size_t at = strlen(output);

	snprintf(output + at, sizeof(output) - at, "%.*s", (int)len,
		 (const char *)data);
	return strstr(output, "stop") ? CIRRUS_E_IO : CIRRUS_OK;
}

TEST(a_build_writes_its_output_and_keeps_the_last_line)
{
	const struct cirrus_writer w = {.write = take_output};
	AUTO_PROGRESS struct progress p = PROGRESS_INIT(&call);

	output[0] = '\0';
	p.log = &w;
	feed(&p,
	     "{\"stream\":\"Step 1\\r\\n\"}{\"stream\":\" ---\\u003e a\\n\"}",
	     3);
	ok_str(output, "Step 1\r\n ---> a\n");
	ok_str(p.last_line, "Step 1");
}

TEST(a_writer_that_gives_up_ends_it)
{
	const struct cirrus_writer w = {.write = take_output};
	AUTO_PROGRESS struct progress p = PROGRESS_INIT(&call);
	static const char text[] =
		"{\"stream\":\"stop\"}{\"stream\":\"never\"}";

	output[0] = '\0';
	p.log = &w;
	ok_int(progress_take(&p, text, sizeof(text) - 1), CIRRUS_E_IO);
	ok_str(output, "stop");
}

TAP_MAIN()
