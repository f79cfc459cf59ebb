/* SPDX-License-Identifier: MIT */
/* What becomes of a process's streams when the engine or the reader at the
 * other end does not play along. */
#include "config.h"

#include <poll.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/fd.h"
#include "sdk/lib/engine.h"
#include "tap.h"
#include "tests/fake-engine/harness.h"

/* A container that has ended with status 7 by the time anybody asks. */
#define CONTAINER                                                       \
	"on POST /containers/create\n\treply 201 {\"Id\":\"c1\"}\n"     \
	"on POST /containers/c1/start\n\treply 204\n"                   \
	"on POST /containers/c1/wait\n\treply 200 {\"StatusCode\":7}\n" \
	"on GET /containers/c1/json\n\treply 200 {\"Id\":\"c1\","       \
	"\"State\":{\"Status\":\"exited\",\"Running\":false,"           \
	"\"ExitCode\":7}}\n"                                            \
	"on DELETE /containers/c1\n\treply 204\n"

/* One run of a main process with streams: the container, our ends of its
 * pipes. */
struct process {
	cirrus_conn *conn;
	cirrus_instance *instance;
	int in, out, err; /* ours */
};

static void begin(struct process *p, const char *rules)
{
	AUTO_FREE char *all = xasprintf("%s%s", rules, CONTAINER);
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};
	int in[2], out[2], err[2];

	p->conn = fake_start(test_dir(), all);
	p->instance = fake_instance(p->conn);
	need(p->instance);
	need(fd_pipe(in, NULL) == 0 && fd_pipe(out, NULL) == 0 &&
	     fd_pipe(err, NULL) == 0);
	spec.stdin_fd = in[0];
	spec.stdout_fd = out[1];
	spec.stderr_fd = err[1];
	ok_int(cirrus_engine_instance_start(p->instance, &fake_call, &spec), 0);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	p->in = in[1];
	p->out = out[0];
	p->err = err[0];
}

static cirrus_status wait_for(struct process *p, struct cirrus_exit *e)
{
	*e = (struct cirrus_exit){.struct_size = sizeof(*e)};
	return cirrus_engine_instance_wait(p->instance, &fake_call, e);
}

static void end(struct process *p)
{
	int *const fds[] = {&p->in, &p->out, &p->err};

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fd_close(fds[i]);
	if (cirrus_engine_instance_delete(p->instance, &fake_call) != CIRRUS_OK)
		cirrus_engine_instance_release(p->instance);
	fake_stop(p->conn);
}

static void reads(int fd, const char *want)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	ok_int(fd_read_all(fd, &b), 0);
	ok_str(b.data, want);
}

/* --- as it should be -------------------------------------------------------------- */

TEST(frames_go_where_they_belong_however_they_are_cut)
{
	struct process p;
	struct cirrus_exit e;

	begin(&p, "on POST /containers/c1/attach\n\tupgrade\n"
		  "\tframe 1 one\n\tframe 2 two\n"
		  "\tsend \\x01\\x00\\x00\n\tsleep 20\n"
		  "\tsend \\x00\\x00\\x00\\x00\\x05th\n\tsleep 20\n"
		  "\tsend ree\\x02\n\tsleep 20\n"
		  "\tsend \\x00\\x00\\x00\\x00\\x00\\x00\\x04four\n"
		  "\tframe 1 \n\tclose\n");
	reads(p.out, "onethree");
	reads(p.err, "twofour");
	ok_int(wait_for(&p, &e), CIRRUS_OK);
	ok_int(e.code, 7);
	end(&p);
}

TEST(input_and_its_end_arrive)
{
	struct process p;
	struct cirrus_exit e;

	begin(&p, "on POST /containers/c1/attach\n\tupgrade\n"
		  "\ttake 5\n\tframe 1 got five\\n\n"
		  "\tdrain\n\tframe 1 got the end\\n\n\tclose\n");
	need(fd_write_all(p.in, "12345 and more", 14) == 0);
	fd_close(&p.in);
	reads(p.out, "got five\ngot the end\n");
	ok_int(wait_for(&p, &e), CIRRUS_OK);
	end(&p);
}

TEST(input_that_is_not_read_is_no_loss_of_output)
{
	struct process p;
	struct cirrus_exit e;

	begin(&p, "on POST /containers/c1/attach\n\tupgrade\n"
		  "\ttake 1\n\tframe 1 done\n\tsleep 200\n\tclose\n");
	need(fd_write_all(p.in, "12345", 5) == 0);
	poll(NULL, 0, 100);
	need(fd_write_all(p.in, "67890", 5) == 0);
	reads(p.out, "done");
	ok_int(wait_for(&p, &e), CIRRUS_OK);
	ok_int(e.code, 7);
	end(&p);
}

/* --- a reader that takes its time ---------------------------------------------------- */

static long peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

TEST(output_that_nobody_reads_costs_no_memory)
{
	static char chunk[1 << 20];
	struct process p;
	struct cirrus_exit e;
	long before, after;
	int64_t total = 0;
	ssize_t n;

	begin(&p, "on POST /containers/c1/attach\n\tupgrade\n"
		  "\tflood 1 67108864\n\tclose\n");
	memset(chunk, 1, sizeof(chunk)); /* counts before, not after */
	before = peak_kib();
	poll(NULL, 0, 500); /* nobody reads */
	while ((n = fd_read(p.out, chunk, sizeof(chunk))) > 0)
		total += n;
	after = peak_kib();
	ok_int(total, 67108864);
	if (!ok(after - before < 16 * 1024))
		printf("# grew by %ld KiB\n", after - before);
	ok_int(wait_for(&p, &e), CIRRUS_OK);
	end(&p);
}

TEST(a_reader_that_goes_away_ends_the_streams)
{
	struct process p;

	begin(&p, "on POST /containers/c1/attach\n\tupgrade\n"
		  "\tflood 1 67108864\n\tclose\n");
	fd_close(&p.out);
	fd_close(&p.err);
	end(&p); /* does not hang */
}

/* --- an engine that does not play along ------------------------------------------------- */

static void breaks(const char *rules)
{
	struct process p;
	struct cirrus_exit e;
	int64_t start = clock_now();

	begin(&p, rules);
	reads(p.out, "before");
	told.errors = 0;
	ok_int(wait_for(&p, &e), CIRRUS_E_LOST);
	ok_int(told.errors, 1);
	ok(told.msg[0] != '\0');
	ok(clock_now() - start < 20 * NS_PER_S);
	end(&p);
}

#define ATTACH "on POST /containers/c1/attach\n\tupgrade\n\tframe 1 before\n"

TEST(a_frame_of_no_stream_is_lost_output)
{
	breaks(ATTACH "\tframe 9 what\n\tclose\n");
}

TEST(a_frame_cut_in_its_head_is_lost_output)
{
	breaks(ATTACH "\tsend \\x01\\x00\\x00\n\tclose\n");
}

TEST(a_frame_cut_in_its_body_is_lost_output)
{
	struct process p;
	struct cirrus_exit e;

	begin(&p, ATTACH "\tsend \\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x09four\n"
			 "\tclose\n");
	reads(p.out, "beforefour");
	ok_int(wait_for(&p, &e), CIRRUS_E_LOST);
	end(&p);
}

TEST(an_engine_that_dies_loses_the_environment)
{
	breaks(ATTACH "\tsleep 300\n\tdie\n");
}

TEST(an_attachment_that_is_refused_starts_nothing)
{
	AUTO_FREE char *rules =
		xasprintf("on POST /containers/c1/attach\n"
			  "\treply 404 {\"message\":\"No such container: "
			  "c1\"}\n%s",
			  CONTAINER);
	cirrus_conn *c = fake_start(test_dir(), rules);
	cirrus_instance *it = fake_instance(c);
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};
	int fds[2];

	need(it);
	need(fd_pipe(fds, NULL) == 0);
	spec.stdout_fd = fds[1];
	ok_int(cirrus_engine_instance_start(it, &fake_call, &spec),
	       CIRRUS_E_NOTFOUND);
	ok_int(told.errors, 1);
	ok_int(fake_requests("POST /containers/c1/start"), 0);
	close(fds[0]);
	close(fds[1]);
	cirrus_engine_instance_release(it);
	fake_stop(c);
}

TEST(a_start_that_is_cut_off_is_not_repeated)
{
	AUTO_FREE char *rules = xasprintf(
		"on POST /containers/c1/start\n\tclose\n"
		"on POST /containers/c1/attach\n\tupgrade\n\thang\n%s",
		CONTAINER);
	cirrus_conn *c = fake_start(test_dir(), rules);
	cirrus_instance *it = fake_instance(c);
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};
	int fds[2];

	need(it);
	need(fd_pipe(fds, NULL) == 0);
	spec.stdout_fd = fds[1];
	ok_int(cirrus_engine_instance_start(it, &fake_call, &spec),
	       CIRRUS_E_LOST);
	ok_int(fake_requests("POST /containers/c1/start"), 1);
	close(fds[0]);
	close(fds[1]);
	cirrus_engine_instance_release(it);
	fake_stop(c);
}

TAP_MAIN()
