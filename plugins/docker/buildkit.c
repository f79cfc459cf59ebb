/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plugins/docker/buildkit.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "sdk/lib/call.h"
#include "sdk/lib/child.h"
#include "sdk/lib/fault.h"

#define CHUNK  65536u
#define END_MS 10000 /* from the end of the output to that of the client */

struct building {
	const struct cirrus_call *call;
	const struct cirrus_reader *context;
	const struct cirrus_writer *log;
	pid_t pid;
	int in, out; /* our ends */
	char *chunk; /* of the context: what is not yet written */
	size_t at, len;
	struct buf line;                 /* of the output, so far */
	char last_line[512], error[512]; /* the last that says "ERROR:" */
};

/* --- the command line ----------------------------------------------------------- */

static void add_pairs(struct strv *argv, const char *option,
		      const struct cirrus_kv *kv, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strv_push(argv, option);
		strv_pushf(argv, "%s=%s", kv[i].key, kv[i].value);
	}
}

/* Values of arguments may be secret: the client takes them from its environment,
 * which nobody else sees.  Of its own variables it has to keep the meaning. */
static void add_arguments(struct strv *argv, struct strv *env,
			  const struct cirrus_build_spec *spec)
{
	for (size_t i = 0; i < spec->n_args; i++) {
		const char *key = spec->args[i].key;

		if (getenv(key) || str_starts(key, "DOCKER_") ||
		    str_starts(key, "BUILDX_") ||
		    str_starts(key, "BUILDKIT_")) {
			add_pairs(argv, "--build-arg", &spec->args[i], 1);
			continue;
		}
		strv_push(argv, "--build-arg");
		strv_push(argv, key);
		strv_pushf(env, "%s=%s", key, spec->args[i].value);
	}
}

static void add_option(struct strv *argv, const char *option, const char *value)
{
	if (!value || !*value)
		return;
	strv_push(argv, option);
	strv_push(argv, value);
}

static void add_platform(struct strv *argv, const struct cirrus_platform *p)
{
	if (!p || !p->os || !p->arch)
		return;
	strv_push(argv, "--platform");
	strv_pushf(argv, "%s/%s%s%s", p->os, p->arch,
		   p->variant && *p->variant ? "/" : "",
		   p->variant ? p->variant : "");
}

static void make_command(const struct client *c,
			 const struct cirrus_build_spec *spec,
			 struct strv *argv, struct strv *env)
{
	strv_push(argv, c->program);
	for (size_t i = 0; i < c->globals.len; i++)
		strv_push(argv, c->globals.v[i]);
	if (c->builder == CLIENT_BUILDX) {
		strv_push(argv, "buildx");
		strv_push(argv, "build");
		/* whatever the builder is, the engine gets the image */
		strv_push(argv, "--load");
		strv_push(env, "BUILDX_NO_DEFAULT_ATTESTATIONS=1");
	} else {
		strv_push(argv, "build");
		strv_push(env, "DOCKER_BUILDKIT=1");
	}
	strv_push(argv, "--progress=plain");
	for (const char *const *t = spec->tags; t && *t; t++)
		add_option(argv, "--tag", *t);
	add_option(argv, "--file", spec->dockerfile);
	add_option(argv, "--target", spec->target);
	add_platform(argv, spec->platform);
	add_arguments(argv, env, spec);
	add_pairs(argv, "--label", spec->labels, spec->n_labels);
	if (spec->flags & CIRRUS_BUILD_PULL)
		strv_push(argv, "--pull");
	strv_push(argv, "-");
}

/* --- its input and output --------------------------------------------------------- */

static void end_line(struct building *b)
{
	if (b->line.len > 0)
		snprintf(b->last_line, sizeof(b->last_line), "%s",
			 b->line.data);
	if (str_starts(b->line.data, "ERROR: "))
		snprintf(b->error, sizeof(b->error), "%s", b->line.data + 7);
	buf_reset(&b->line);
}

static void remember(struct building *b, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			end_line(b);
		else if (data[i] != '\r' && b->line.len < 500)
			buf_addc(&b->line, data[i]);
	}
}

static cirrus_status take_output(struct building *b)
{
	char data[8192];
	ssize_t n = fd_read(b->out, data, sizeof(data));

	if (n <= 0) {
		fd_close(&b->out);
		return CIRRUS_OK;
	}
	remember(b, data, (size_t)n);
	return b->log->write(b->log->ctx, CIRRUS_STDOUT, data, (size_t)n) <
			       CIRRUS_OK
		       ? CIRRUS_E_IO
		       : CIRRUS_OK;
}

/* A client that reads no more has its reasons, and will say them. */
static cirrus_status give_input(struct building *b)
{
	ssize_t n;

	if (b->at == b->len) {
		int64_t got =
			b->context->read(b->context->ctx, b->chunk, CHUNK);

		if (got < 0)
			return (cirrus_status)got;
		b->at = 0;
		b->len = (size_t)got;
		if (got == 0)
			fd_close(&b->in);
		if (got == 0)
			return CIRRUS_OK;
	}
	n = write(b->in, b->chunk + b->at, b->len - b->at);
	if (n > 0)
		b->at += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		fd_close(&b->in);
	return CIRRUS_OK;
}

/* Until there is no more output. */
static cirrus_status converse(struct building *b)
{
	int64_t deadline = call_deadline(b->call);
	cirrus_status s = CIRRUS_OK;

	while (b->out >= 0 && s == CIRRUS_OK) {
		struct pollfd p[] = {{b->out, POLLIN, 0},
				     {b->in, POLLOUT, 0},
				     {call_cancel_fd(b->call), POLLIN, 0}};
		int n = poll(p, ARRAY_LEN(p), fd_poll_timeout(deadline));

		if (n < 0 && errno != EINTR)
			return CIRRUS_E_FAILED;
		if (n < 0)
			continue;
		if (n == 0)
			return CIRRUS_E_TIMEOUT;
		if (p[2].revents)
			return CIRRUS_E_CANCELLED;
		if (p[0].revents)
			s = take_output(b);
		if (s == CIRRUS_OK && p[1].revents)
			s = give_input(b);
	}
	return s;
}

/* --- the whole of it -------------------------------------------------------------- */

static int start(struct building *b, const struct strv *argv,
		 const struct strv *env, struct error **err)
{
	struct child_spec spec = {.argv = (const char *const *)argv->v,
				  .env = (const char *const *)env->v,
				  .session = true};
	int in[2], out[2];

	if (fd_pipe(in, err) < 0)
		return -1;
	if (fd_pipe(out, err) < 0) {
		fd_close(&in[0]);
		fd_close(&in[1]);
		return -1;
	}
	spec.in = in[0];
	spec.out = spec.err = out[1];
	b->pid = child_start(&spec, err);
	fd_close(&in[0]);
	fd_close(&out[1]);
	b->in = in[1];
	b->out = out[0];
	return b->pid < 0 ? -1 : fd_set_nonblock(b->in, true);
}

static cirrus_status broken_off(cirrus_status s, struct error **err)
{
	switch (s) {
	case CIRRUS_E_CANCELLED:
		return fault_set(err, s, "build: cancelled");
	case CIRRUS_E_TIMEOUT:
		return fault_set(err, s, "build: timed out");
	default:
		return fault_set(err, CIRRUS_E_IO,
				 "build: the context or the log broke off");
	}
}

/* What the client says is wrong is the Dockerfile's fault, or the engine's. */
static cirrus_status judge(struct building *b, struct error **err)
{
	const char *words = b->error[0] ? b->error : b->last_line;
	int status;

	end_line(b);
	if (child_wait(b->pid, call_cancel_fd(b->call), clock_after_ms(END_MS),
		       &status, err) < 0)
		return fault_status(*err);
	b->pid = -1;
	if (child_succeeded(status))
		return CIRRUS_OK;
	if (strstr(words, "Cannot connect to the Docker daemon") ||
	    strstr(words, "error during connect"))
		return fault_set(err, CIRRUS_E_LOST, "build: %s", words);
	return fault_set(err, CIRRUS_E_FAILED, "build: %s",
			 *words ? words : "the client failed");
}

static cirrus_status run(struct building *b, const struct strv *argv,
			 const struct strv *env, struct error **err)
{
	cirrus_status s;

	if (start(b, argv, env, err) < 0)
		return CIRRUS_E_FAILED;
	s = converse(b);
	return s == CIRRUS_OK ? judge(b, err) : broken_off(s, err);
}

cirrus_status buildkit_build(const struct client *client,
			     const struct cirrus_call *call,
			     const struct cirrus_build_spec *spec,
			     const struct cirrus_reader *context,
			     const struct cirrus_writer *log,
			     struct error **err)
{
	AUTO_STRV struct strv argv = {0}, env = {0};
	AUTO_FREE char *config = client_config(client, call, spec->registries);
	struct building b = {.call = call,
			     .context = context,
			     .log = log,
			     .pid = -1,
			     .in = -1,
			     .out = -1,
			     .chunk = xmalloc(CHUNK),
			     .line = BUF_INIT(BUF_LINE)};
	cirrus_status s;

	make_command(client, spec, &argv, &env);
	if (config)
		strv_pushf(&env, "DOCKER_CONFIG=%s", config);
	s = run(&b, &argv, &env, err);
	fd_close(&b.in);
	fd_close(&b.out);
	child_end(b.pid, true);
	if (config)
		dir_remove(config);
	buf_clear(&b.line);
	free(b.chunk);
	return s;
}
