/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/pump.h"

#define CONTROL_MS 5000

/* The main process's streams, and the thread that moves them.  `done` is a pipe
 * whose writing end closes when all output was forwarded; `quit` one whose
 * writing end we close to end the thread. */
struct attachment {
	pthread_t thread;
	cirrus_instance *instance;
	struct stream *stream;
	struct pump pump;
	int in, out, err, control; /* ours */
	int quit[2], done[2];
	_Atomic enum pump_end end; /* told to whoever waits for `done` */
};

static void attachment_free(struct attachment *a)
{
	int *const fds[] = {&a->in,      &a->out,     &a->err,     &a->control,
			    &a->quit[0], &a->quit[1], &a->done[0], &a->done[1]};

	stream_free(a->stream);
	pump_clear(&a->pump);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fd_close(fds[i]);
	free(a);
}

static struct attachment *attachment_new(cirrus_instance *it)
{
	struct attachment *a = xcalloc(1, sizeof(*a));

	a->instance = it;
	a->in = a->out = a->err = a->control = -1;
	a->quit[0] = a->quit[1] = a->done[0] = a->done[1] = -1;
	a->pump = (struct pump)PUMP_INIT;
	return a;
}

void attachment_end(struct attachment *a)
{
	if (!a)
		return;
	fd_close(&a->quit[1]);
	pthread_join(a->thread, NULL);
	attachment_free(a);
}

/* A record of the host's: a signal for the main process. */
static void take_control(struct pump *p, struct pump_watch *w)
{
	struct attachment *a = p->ctx;
	struct cirrus_call call = call_own(p->quit_fd, CONTROL_MS);
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	struct cirrus_control c;
	ssize_t n = read(w->fd, &c, sizeof(c));

	if (n != (ssize_t)sizeof(c)) {
		if (n >= 0 || errno != EINTR)
			w->fd = -1;
		return;
	}
	if (c.type != CIRRUS_CONTROL_SIGNAL)
		return;
	engine_path(a->instance->conn, &path, "/containers/%s/kill?signal=%u",
		    a->instance->id, c.a);
	/* One that has ended meanwhile does not hear it. */
	(void)!engine_post(a->instance, &call, path.data, NULL);
}

static void *run(void *arg)
{
	struct attachment *a = arg;

	a->end = pump_run(&a->pump);
	/* The host's readers see the end of the output now, not when the
	 * instance is deleted. */
	fd_close(&a->in);
	fd_close(&a->out);
	fd_close(&a->err);
	fd_close(&a->done[1]);
	return NULL;
}

/* --- start -------------------------------------------------------------------- */

static int keep(int given, int *kept, struct error **err)
{
	if (given <= 2)
		return 0;
	*kept = fd_dup(given, err);
	return *kept < 0 ? -1 : 0;
}

/* Equal descriptors need not stay equal as numbers. */
static int keep_all(struct attachment *a, const struct cirrus_start_spec *s,
		    struct error **err)
{
	if (keep(s->stdin_fd, &a->in, err) < 0 ||
	    keep(s->stdout_fd, &a->out, err) < 0 ||
	    keep(s->stderr_fd, &a->err, err) < 0 ||
	    keep(s->control_fd, &a->control, err) < 0)
		return -1;
	if (fd_pipe(a->quit, err) < 0 || fd_pipe(a->done, err) < 0)
		return -1;
	return 0;
}

static cirrus_status attach(struct attachment *a,
			    const struct cirrus_call *call, bool output,
			    struct error **err)
{
	cirrus_instance *it = a->instance;
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	cirrus_status s;

	engine_path(it->conn, &path, "/containers/%s/attach?stream=1", it->id);
	if (it->has_input)
		buf_adds(&path, "&stdin=1");
	if (output)
		buf_adds(&path, "&stdout=1&stderr=1");
	s = stream_open(
		it->conn->http, call,
		&(struct http_request){.method = "POST", .path = path.data},
		&a->stream, &reply, err);
	if (s == CIRRUS_OK && !a->stream)
		s = engine_refused(&reply, it->name, err);
	return s;
}

/* The words in which both engines tell that the command itself cannot be run;
 * it is not the environment that is missing (start) or in another state (attach,
 * for which Podman makes the process ready). */
static cirrus_status start_status(cirrus_status s, const struct error *err)
{
	static const char *const words[] = {"executable file", "OCI runtime",
					    "exec: ", "crun: ", "runc: "};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if ((s == CIRRUS_E_NOTFOUND || s == CIRRUS_E_CONFLICT) &&
		    strstr(err->msg, words[i]))
			return CIRRUS_E_INVAL;
	return s;
}

static cirrus_status start_container(cirrus_instance *it,
				     const struct cirrus_call *call,
				     struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	cirrus_status s;

	engine_path(it->conn, &path, "/containers/%s/start", it->id);
	s = engine_post(it, call, path.data, err);
	return s < 0 ? start_status(s, *err) : s;
}

static void run_thread(struct attachment *a)
{
	struct pump *p = &a->pump;

	p->stream = a->stream;
	p->in = a->in;
	p->out = a->out;
	p->err = a->err;
	p->quit_fd = a->quit[0];
	p->watch[0] = (struct pump_watch){a->control, take_control};
	p->ctx = a;
	if (p->in < 0)
		stream_end_input(a->stream);
	if (pthread_create(&a->thread, NULL, run, a))
		abort(); /* out of memory, as in base/mem.h */
	a->instance->attachment = a;
}

static cirrus_status start_attached(struct attachment *a,
				    const struct cirrus_call *call,
				    struct error **err)
{
	cirrus_status s = attach(a, call, true, err);

	if (s < 0)
		return start_status(s, *err);
	direct_warm(a->instance);
	s = start_container(a->instance, call, err);
	if (s == CIRRUS_OK)
		run_thread(a);
	return s;
}

/* Nobody gives input: the process is to see its end, so the one client that
 * the input waits for comes and goes. */
static cirrus_status start_detached(struct attachment *a,
				    const struct cirrus_call *call,
				    struct error **err)
{
	cirrus_status s = CIRRUS_OK;

	if (a->instance->has_input)
		s = attach(a, call, false, err);
	if (s == CIRRUS_OK)
		s = start_container(a->instance, call, err);
	if (a->stream)
		stream_end_input(a->stream);
	return s;
}

static cirrus_status start(cirrus_instance *it, const struct cirrus_call *call,
			   const struct cirrus_start_spec *spec,
			   struct error **err)
{
	struct attachment *a = attachment_new(it);
	cirrus_status s = CIRRUS_E_FAILED;
	bool detached = spec->stdin_fd <= 2 && spec->stdout_fd <= 2 &&
			spec->stderr_fd <= 2;

	if (keep_all(a, spec, err) == 0)
		s = detached ? start_detached(a, call, err)
			     : start_attached(a, call, err);
	if (it->attachment != a)
		attachment_free(a);
	return s;
}

cirrus_status cirrus_engine_instance_start(
	cirrus_instance *it, const struct cirrus_call *call,
	const struct cirrus_start_spec *given)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_start_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = call_check(call, "start", spec.flags, 0, spec.required);
	if (s < 0)
		return s;
	if (it->attachment)
		return cirrus_errorf(call, CIRRUS_E_CONFLICT, NULL,
				     "%s was started already", it->name);
	return fault_report_as(call, start(it, call, &spec, &err), &err);
}

/* --- wait ------------------------------------------------------------------------ */

/* Waits until all output was forwarded, which is when the process is gone. */
static cirrus_status wait_for_streams(struct attachment *a,
				      const struct cirrus_call *call,
				      struct error **err)
{
	cirrus_status s = cirrus_poll(call, a->done[0], POLLIN);

	if (s < 0)
		return fault_set(err, s, "wait for %s: %s", a->instance->name,
				 cirrus_status_text(s));
	if (a->end == PUMP_BROKEN)
		return fault_set(err, CIRRUS_E_LOST,
				 "the output of %s broke off",
				 a->instance->name);
	return CIRRUS_OK;
}

/* Podman's own API can be told how often it should look. */
static cirrus_status wait_for_engine(cirrus_instance *it,
				     const struct cirrus_call *call,
				     struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;

	if (it->conn->facts.is_podman)
		engine_libpod_path(it->conn, &path,
				   "/containers/%s/wait?condition=exited"
				   "&condition=stopped&interval=20ms",
				   it->id);
	else
		engine_path(it->conn, &path, "/containers/%s/wait", it->id);
	return engine_request(
		it->conn, call,
		&(struct http_request){.method = "POST", .path = path.data},
		&reply, it->name, err);
}

static void fill_exit(const cJSON *o, struct cirrus_exit *out)
{
	out->struct_size = sizeof(*out);
	out->code = (int32_t)cj_int(o, "State.ExitCode");
	cj_copy(o, "State.Error", out->reason, sizeof(out->reason));
	if (cj_bool(o, "State.OOMKilled"))
		out->flags |= CIRRUS_EXIT_OOM;
}

static cirrus_status learn_exit(cirrus_instance *it,
				const struct cirrus_call *call, bool *running,
				struct cirrus_exit *out, struct error **err)
{
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s = engine_inspect(it, call, &o, err);

	if (s < 0)
		return s;
	if (strcmp(cj_str(o, "State.Status"), "created") == 0)
		return fault_set(err, CIRRUS_E_CONFLICT, "%s was never started",
				 it->name);
	*running = cj_bool(o, "State.Running");
	fill_exit(o, out);
	return CIRRUS_OK;
}

/* A container that is not there any more was taken away; an engine that is not,
 * took it along. */
static cirrus_status wait_status(cirrus_status s)
{
	if (s == CIRRUS_E_NOTFOUND)
		return CIRRUS_E_GONE;
	return s == CIRRUS_E_IO ? CIRRUS_E_LOST : s;
}

static cirrus_status await(cirrus_instance *it, const struct cirrus_call *call,
			   struct cirrus_exit *out, struct error **err)
{
	bool running = true;
	cirrus_status s = CIRRUS_OK;

	if (it->attachment)
		s = wait_for_streams(it->attachment, call, err);
	if (s == CIRRUS_OK)
		s = learn_exit(it, call, &running, out, err);
	/* It was there while the streams were: its container went with it. */
	if (s == CIRRUS_E_UNAVAIL && it->attachment)
		s = CIRRUS_E_LOST;
	if (s < 0 || !running)
		return s;
	s = wait_for_engine(it, call, err);
	return s < 0 ? s : learn_exit(it, call, &running, out, err);
}

cirrus_status cirrus_engine_instance_wait(cirrus_instance *it,
					  const struct cirrus_call *call,
					  struct cirrus_exit *out)
{
	AUTO_ERROR struct error *err = NULL;
	cirrus_status s = wait_status(await(it, call, out, &err));

	return fault_report_as(call, s, &err);
}
