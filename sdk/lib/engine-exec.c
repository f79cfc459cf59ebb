/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/process.h"
#include "sdk/lib/pump.h"

/* Docker's stream lasts as long as anybody holds the output, so the engine is
 * asked whether the command itself is still there: for the first time after
 * this, then, where its process cannot be watched, every so often. */
#define FIRST_LOOK_MS 100
#define NEXT_LOOK_MS  500
#define RESIZE_MS     10
/* What a stream that ended can be ahead of the engine's books. */
#define BOOKS_MS 2000
#define KILL_MS  1500

/* One command that is being run. */
struct run {
	cirrus_instance *it;
	const struct cirrus_call *call;
	const struct cirrus_exec_spec *spec;
	struct cirrus_exit *out;
	char id[128];
	struct pump pump;
	int process_fd; /* becomes readable when it ends; -1: not known */
	pid_t pid;      /* on this machine; 0: not known */
	bool ended;
	bool unsized;            /* its terminal does not have the size yet */
	unsigned int rows, cols; /* that it is to have */
};

/* --- what the engine knows of it ---------------------------------------------- */

static cirrus_status inspect(struct run *r, const struct cirrus_call *call,
			     struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s;

	engine_path(r->it->conn, &path, "/exec/%s/json", r->id);
	s = engine_get(r->it->conn, call, path.data, r->it->name, &o, err);
	if (s < 0)
		return s;
	if (cj_int(o, "Pid"))
		r->pid = (pid_t)cj_int(o, "Pid");
	if (!cj_bool(o, "Running") && cJSON_IsNumber(cj_at(o, "ExitCode"))) {
		r->ended = true;
		r->out->code = (int32_t)cj_int(o, "ExitCode");
	}
	return CIRRUS_OK;
}

static bool is_visible(struct run *r)
{
	return r->it->conn->is_beside_us && process_is_contained(r->pid);
}

static bool resize(struct run *r, unsigned int rows, unsigned int cols)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);

	engine_path(r->it->conn, &path, "/exec/%s/resize?h=%u&w=%u", r->id,
		    rows, cols);
	return engine_post(r->it, r->call, path.data, NULL) == CIRRUS_OK;
}

/* A terminal gets its size as soon as the engine can give it one. */
static void give_size(struct run *r)
{
	r->unsized = !resize(r, r->rows, r->cols);
	r->pump.tick_at_ns =
		clock_after_ms(r->unsized ? RESIZE_MS : FIRST_LOOK_MS);
}

/* Ends the waiting for output where the command itself has ended. */
static void look(struct pump *p)
{
	struct run *r = p->ctx;

	if (r->unsized) {
		give_size(r);
		return;
	}
	p->tick_at_ns = clock_after_ms(NEXT_LOOK_MS);
	if (inspect(r, r->call, NULL) < 0)
		return;
	if (r->ended) {
		p->tick_at_ns = 0;
		pump_drain(p);
	} else if (is_visible(r)) {
		p->tick_at_ns = 0;
		r->process_fd = p->watch[1].fd = compat_process_fd(r->pid);
		if (r->process_fd < 0)
			p->tick_at_ns = clock_after_ms(NEXT_LOOK_MS);
	}
}

static void process_ended(struct pump *p, struct pump_watch *w)
{
	w->fd = -1;
	pump_drain(p);
}

/* --- signals -------------------------------------------------------------------- */

/* Docker notes the process a moment after its first output may have come. */
static int learn_pid(struct run *r, const struct cirrus_call *call)
{
	int64_t until = clock_after_ms(KILL_MS / 2);

	while (r->pid <= 0 && !r->ended) {
		if (inspect(r, call, NULL) < 0 || clock_now() >= until)
			return -1;
		if (r->pid <= 0 && !r->ended)
			poll(NULL, 0, 2);
	}
	return 0;
}

/* To the command and all that came of it; best effort, as it may end meanwhile. */
static int signal_command(struct run *r, const struct cirrus_call *call,
			  int sig, bool all)
{
	struct pid_vec pids = {0};
	int rc;

	if (learn_pid(r, call) < 0 || r->pid <= 1)
		return -1;
	if (!r->it->conn->is_beside_us || (!r->ended && !is_visible(r)))
		return -1;
	if (all)
		process_tree(r->pid, &pids);
	else
		pid_vec_push(&pids, r->pid);
	rc = process_signal(&pids, sig, r->it->conn->helper_argv);
	pid_vec_clear(&pids);
	return rc;
}

/* The call is over: TERM, as long as the grace lasts, KILL. */
static void kill_command(struct run *r)
{
	struct cirrus_call call = call_own(-1, KILL_MS);
	uint32_t grace = r->spec->kill_grace_ms;

	if (grace && signal_command(r, &call, SIGTERM, true) == 0) {
		r->pump.deadline_ns = clock_after_ms(grace);
		r->pump.cancel_fd = -1;
		r->pump.ends_with_reader = false;
		if (pump_run(&r->pump) != PUMP_TIMEOUT)
			return;
		call = call_own(-1, KILL_MS);
	}
	signal_command(r, &call, SIGKILL, true);
}

/* --- control ---------------------------------------------------------------------- */

/* Where it has none yet, it gets this one in place of the first. */
static void take_size(struct run *r, unsigned int rows, unsigned int cols)
{
	r->rows = rows;
	r->cols = cols;
	if (!r->unsized && !resize(r, rows, cols))
		r->call->host->log(r->call, CIRRUS_LOG_DEBUG,
				   "the terminal could not be resized");
}

static void take_control(struct pump *p, struct pump_watch *w)
{
	struct run *r = p->ctx;
	struct cirrus_control c;
	ssize_t n = read(w->fd, &c, sizeof(c));

	if (n != (ssize_t)sizeof(c)) {
		if (n >= 0 || errno != EINTR)
			w->fd = -1;
		return;
	}
	if (c.type == CIRRUS_CONTROL_RESIZE)
		take_size(r, c.a, c.b);
	else if (c.type == CIRRUS_CONTROL_SIGNAL)
		signal_command(r, r->call, (int)c.a, false);
}

/* --- from beginning to end ----------------------------------------------------------- */

static void add_size(cJSON *o, const struct cirrus_exec_spec *spec)
{
	cJSON *size = cJSON_AddArrayToObject(o, "ConsoleSize");

	cJSON_AddItemToArray(size, cJSON_CreateNumber(spec->tty_rows));
	cJSON_AddItemToArray(size, cJSON_CreateNumber(spec->tty_cols));
}

static char *describe(const struct cirrus_exec_spec *spec)
{
	cJSON *o = cJSON_CreateObject();

	cj_put_bool(o, "AttachStdin", spec->stdin_fd > 2);
	cJSON_AddTrueToObject(o, "AttachStdout");
	cJSON_AddTrueToObject(o, "AttachStderr");
	cj_put_bool(o, "Tty", spec->flags & CIRRUS_EXEC_TTY);
	if (spec->flags & CIRRUS_EXEC_TTY && spec->tty_rows)
		add_size(o, spec); /* since 1.42; older ones pass it over */
	cj_put_strv(o, "Env", spec->env);
	cj_put_strv(o, "Cmd", spec->argv);
	cj_put_str(o, "WorkingDir", spec->workdir);
	cj_put_str(o, "User", spec->user);
	return cj_print(&o);
}

static cirrus_status create(struct run *r, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *body = describe(r->spec);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s;

	engine_path(r->it->conn, &path, "/containers/%s/exec", r->it->id);
	s = engine_request(
		r->it->conn, r->call,
		&(struct http_request){.method = "POST",
				       .path = path.data,
				       .content_type = "application/json",
				       .body = body,
				       .changes = true},
		&reply, r->it->name, err);
	if (s < 0)
		return s;
	o = cj_parse(reply.body.data, reply.body.len);
	cj_copy(o, "Id", r->id, sizeof(r->id));
	if (!r->id[0])
		return fault_set(err, CIRRUS_E_LOST,
				 "%s: the engine did not tell the command's id",
				 r->it->name);
	return CIRRUS_OK;
}

static cirrus_status start(struct run *r, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	bool tty = r->spec->flags & CIRRUS_EXEC_TTY;
	cirrus_status s;

	engine_path(r->it->conn, &path, "/exec/%s/start", r->id);
	s = stream_open(
		r->it->conn->http, r->call,
		&(struct http_request){
			.method = "POST",
			.path = path.data,
			.body = tty ? "{\"Detach\":false,\"Tty\":true}"
				    : "{\"Detach\":false,\"Tty\":false}",
			.changes = true},
		&r->pump.stream, &reply, err);
	if (s == CIRRUS_OK && !r->pump.stream)
		s = engine_refused(&reply, r->it->name, err);
	/* Before the process is there, there is nothing to resize. */
	r->unsized = s == CIRRUS_OK && tty && r->spec->tty_rows;
	r->rows = r->spec->tty_rows;
	r->cols = r->spec->tty_cols;
	if (r->unsized)
		r->pump.tick_at_ns = clock_now();
	return s;
}

static int given(int fd)
{
	return fd > 2 ? fd : -1;
}

static void set_up(struct run *r)
{
	struct pump *p = &r->pump;

	*p = (struct pump)PUMP_INIT;
	p->ctx = r;
	p->demux.raw = r->spec->flags & CIRRUS_EXEC_TTY;
	p->in = given(r->spec->stdin_fd);
	p->out = given(r->spec->stdout_fd);
	p->err = given(r->spec->stderr_fd);
	p->ends_with_reader = true;
	p->watch[0] =
		(struct pump_watch){given(r->spec->control_fd), take_control};
	p->watch[1] = (struct pump_watch){-1, process_ended};
	p->cancel_fd = call_cancel_fd(r->call);
	p->deadline_ns = call_deadline(r->call);
	p->tick = look;
	/* Podman's stream ends with the command, but it forgets the process
	 * that we need to know for what is left of it. */
	if (!r->it->conn->facts.is_podman)
		p->tick_at_ns = clock_after_ms(FIRST_LOOK_MS);
	else if (r->spec->flags & CIRRUS_EXEC_KILL_REST)
		p->tick_at_ns = clock_now();
}

/* The engine writes down the end a moment after it lets the stream go. */
static cirrus_status learn_exit(struct run *r, struct error **err)
{
	int64_t until = clock_after_ms(BOOKS_MS);
	int pause_ms = 1;
	cirrus_status s = CIRRUS_OK;

	while (!r->ended && s == CIRRUS_OK) {
		s = inspect(r, r->call, err);
		/* it ran, so it must not be run again */
		if (s == CIRRUS_E_UNAVAIL || s == CIRRUS_E_IO)
			s = CIRRUS_E_LOST;
		if (r->ended || s < 0)
			break;
		if (clock_now() >= until)
			return fault_set(err, CIRRUS_E_LOST,
					 "%s: the engine never said how the "
					 "command ended",
					 r->it->name);
		poll(NULL, 0, pause_ms);
		pause_ms = pause_ms < 64 ? pause_ms * 2 : 64;
	}
	return s;
}

static cirrus_status conclude(struct run *r, enum pump_end end,
			      struct error **err)
{
	static const struct {
		cirrus_status status;
		const char *words;
	} ends[] = {
		[PUMP_BROKEN] = {CIRRUS_E_LOST, "the connection broke off"},
		[PUMP_CANCELLED] = {CIRRUS_E_CANCELLED, "cancelled"},
		[PUMP_TIMEOUT] = {CIRRUS_E_TIMEOUT, "timed out"},
		[PUMP_HANGUP] = {CIRRUS_E_IO, "nobody reads the output"},
	};

	if (end == PUMP_EOF || end == PUMP_DRAINED)
		return learn_exit(r, err);
	if (end != PUMP_BROKEN)
		kill_command(r);
	return fault_set(err, ends[end].status, "%s in %s: %s",
			 r->spec->argv[0], r->it->name,
			 r->pump.complaint[0] ? r->pump.complaint
					      : ends[end].words);
}

/* What a command that has ended left in its session. */
static void kill_rest(struct run *r)
{
	struct cirrus_call call = call_own(-1, KILL_MS);

	signal_command(r, &call, SIGKILL, true);
}

static cirrus_status execute(struct run *r, struct error **err)
{
	cirrus_status s = create(r, err);

	if (s == CIRRUS_OK)
		s = start(r, err);
	if (s == CIRRUS_OK)
		s = conclude(r, pump_run(&r->pump), err);
	if (s == CIRRUS_OK && r->spec->flags & CIRRUS_EXEC_KILL_REST)
		kill_rest(r);
	pump_clear(&r->pump);
	stream_free(r->pump.stream);
	fd_close(&r->process_fd);
	return s;
}

cirrus_status cirrus_engine_instance_exec(
	cirrus_instance *it, const struct cirrus_call *call,
	const struct cirrus_exec_spec *given_spec, struct cirrus_exit *out)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_exec_spec spec;
	struct run r = {.it = it,
			.call = call,
			.spec = &spec,
			.out = out,
			.process_fd = -1};
	cirrus_status s;

	CIRRUS_COPY(&spec, given_spec);
	s = call_check(call, "exec", spec.flags,
		       CIRRUS_EXEC_TTY | CIRRUS_EXEC_KILL_REST, spec.required);
	if (s < 0)
		return s;
	if (!spec.argv || !spec.argv[0])
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "exec in %s: no command", it->name);
	set_up(&r);
	out->struct_size = sizeof(*out);
	return fault_report_as(call, execute(&r, &err), &err);
}
