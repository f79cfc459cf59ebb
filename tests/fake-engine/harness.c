/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tests/fake-engine/harness.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/strv.h"
#include "sdk/lib/child.h"
#include "sdk/lib/engine.h"

struct told told;
static pid_t engine_pid;
static char *socket_path, *log_path;

static void on_error(const struct cirrus_call *call, cirrus_status status,
		     const char *msg, const char *hint)
{
	(void)call;
	told.errors++;
	told.status = status;
	snprintf(told.msg, sizeof(told.msg), "%s", msg);
	snprintf(told.hint, sizeof(told.hint), "%s", hint ? hint : "");
}

static void on_log(const struct cirrus_call *call, int32_t level,
		   const char *msg)
{
	(void)call, (void)level, (void)msg;
}

static void on_progress(const struct cirrus_call *call,
			const struct cirrus_progress *p)
{
	(void)call, (void)p;
	told.progress++;
}

static int32_t on_cancelled(const struct cirrus_call *call)
{
	struct pollfd p = {.fd = call->cancel_fd, .events = POLLIN};

	return call->cancel_fd > 2 && poll(&p, 1, 0) > 0;
}

static cirrus_status on_auth(const struct cirrus_call *call,
			     const char *registry,
			     struct cirrus_registry_auth *out)
{
	(void)call, (void)registry, (void)out;
	return CIRRUS_E_NOTFOUND;
}

static void on_secret(const char *text)
{
	(void)text;
}

static const struct cirrus_host host = {
	.struct_size = sizeof(host),
	.abi_major = CIRRUS_ABI_MAJOR,
	.abi_minor = CIRRUS_ABI_MINOR,
	.version = "test",
	.log = on_log,
	.progress = on_progress,
	.error = on_error,
	.cancelled = on_cancelled,
	.registry_auth = on_auth,
	.secret = on_secret,
	.now_ns = clock_now,
};

struct cirrus_call fake_call = {.struct_size = sizeof(fake_call),
				.host = &host};

/* A test without its engine is none. */
#define must(cond)                                                    \
	do {                                                          \
		if (!(cond)) {                                        \
			printf("Bail out! %s:%d: %s: %s\n", __FILE__, \
			       __LINE__, #cond, told.msg);            \
			exit(99);                                     \
		}                                                     \
	} while (0)

static char *program(void)
{
	const char *build = getenv("builddir");

	return xasprintf("%s/tests/fake-engine/fake-engine",
			 build ? build : ".");
}

static char *write_rules(const char *dir, const char *rules)
{
	char *script = xasprintf("%s/rules", dir);
	/* of no architecture: what is to idle does so in the image's shell */
	AUTO_FREE char *text = xasprintf("on GET /_ping\n\treply 200 OK\n"
					 "on GET /info\n\treply 200 {}\n%s",
					 rules);

	must(file_replace(script, text, strlen(text), 0644, NULL) == 0);
	return script;
}

/* Starts the program and waits for its "ready". */
static void start_engine(const char *dir, const char *rules)
{
	AUTO_FREE char *engine = program();
	AUTO_FREE char *script = write_rules(dir, rules);
	const char *argv[] = {engine, script, log_path, socket_path, NULL};
	struct child_spec spec = {.argv = argv, .in = -1, .err = STDERR_FILENO};
	int fds[2];
	char c;

	must(fd_pipe(fds, NULL) == 0);
	spec.out = fds[1];
	engine_pid = child_start(&spec, NULL);
	close(fds[1]);
	must(engine_pid > 0);
	must(fd_read(fds[0], &c, 1) == 1);
	close(fds[0]);
}

static void begin(const char *dir)
{
	signal(SIGPIPE, SIG_IGN); /* as the host does */
	socket_path = xasprintf("%s/engine.sock", dir);
	log_path = xasprintf("%s/log", dir);
	told = (struct told){0};
	fake_call.cancel_fd = 0;
	fake_call.deadline_ns = clock_after_ms(60000);
}

static cirrus_conn *connect_to(struct endpoint *e)
{
	struct engine_options options = {
		.endpoint = e, .store = AUTH_STORE_DOCKER, .command = "docker"};
	struct cirrus_config config = {.struct_size = sizeof(config)};
	cirrus_conn *c = NULL;

	if (engine_open(&fake_call, &config, &options, &c) != CIRRUS_OK)
		c = NULL;
	endpoint_clear(e);
	return c;
}

cirrus_conn *fake_start(const char *dir, const char *rules)
{
	struct endpoint e = {0};
	cirrus_conn *c;

	begin(dir);
	start_engine(dir, rules);
	e.url = xasprintf("unix://%s", socket_path);
	e.unix_path = xstrdup(socket_path);
	c = connect_to(&e);
	must(c);
	return c;
}

cirrus_conn *fake_dial(const char *dir, const char *rules, const char *command)
{
	struct endpoint e = {.url = xstrdup("ssh://far")};
	AUTO_FREE char *engine = program();
	AUTO_FREE char *script = NULL;

	begin(dir);
	script = write_rules(dir, rules);
	strv_push(&e.dial_argv, "sh");
	strv_push(&e.dial_argv, "-c");
	if (command)
		strv_push(&e.dial_argv, command);
	else
		strv_pushf(&e.dial_argv, "exec %s %s %s -", engine, script,
			   log_path);
	return connect_to(&e);
}

void fake_kill(void)
{
	child_end(engine_pid, false);
	engine_pid = 0;
}

void fake_stop(cirrus_conn *c)
{
	if (c)
		cirrus_engine_close(c, &fake_call);
	fake_kill();
	free(socket_path);
	free(log_path);
}

const char *fake_socket(void)
{
	return socket_path;
}

int fake_requests(const char *line)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);
	AUTO_STRV struct strv lines = {0};
	size_t method = strcspn(line, " ");
	int n = 0;

	must(file_read(log_path, &text, NULL) == 0);
	strv_split(&lines, text.data, '\n');
	for (size_t i = 0; i < lines.len; i++) {
		const char *path = strchr(lines.v[i], ' ');

		if (!path || strncmp(lines.v[i], line, method + 1) != 0)
			continue;
		if (path[1] == '/' && path[2] == 'v' && strchr(path + 2, '/'))
			path = strchr(path + 2, '/') - 1;
		n += strncmp(path + 1, line + method + 1,
			     strlen(line + method + 1)) == 0;
	}
	return n;
}

cirrus_instance *fake_instance(cirrus_conn *c)
{
	static const struct cirrus_instance_spec member = {
		.struct_size = sizeof(member),
		.name = "main",
		.image = "busybox",
		.flags = CIRRUS_INSTANCE_IDLE,
	};
	static const struct cirrus_instance_spec *const members[] = {&member};
	const struct cirrus_group_spec spec = {.struct_size = sizeof(spec),
					       .kind = "container",
					       .name = "test",
					       .members = members,
					       .n_members = 1};
	cirrus_instance *out[1] = {NULL};

	(void)cirrus_engine_instance_create(c, &fake_call, &spec, out);
	return out[0];
}
