/* SPDX-License-Identifier: MIT */
/* The service of our own, with a podman that is a script. */
#include "config.h"

#include "plugins/podman/service.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/strv.h"
#include "tap.h"

static const struct cirrus_host host = {.struct_size = sizeof(host),
					.now_ns = clock_now};
static struct cirrus_call call = {.struct_size = sizeof(call), .host = &host};

/* A program in the test's directory. */
static char *program(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", test_dir(), name);

	need(file_replace(path, text, strlen(text), 0755, NULL) == 0);
	return path;
}

/* A podman whose service is the fake engine, and a child of it that the signal
 * for the parent alone would not reach. */
static char *fake_podman(const char *before)
{
	const char *build = getenv("builddir");
	AUTO_FREE char *script = xasprintf("%s/rules", test_dir());
	AUTO_FREE char *text = NULL;

	need(file_replace(script, "on GET /_ping\nreply 200 OK\n", 26, 0644,
			  NULL) == 0);
	text = xasprintf("#!/bin/sh\n"
			 "echo $$ >%s/pid\n"
			 "%s\n"
			 "sleep 600 3<&- & echo $! >%s/child\n"
			 "exec %s/tests/fake-engine/fake-engine %s/rules "
			 "%s/log\n",
			 test_dir(), before, test_dir(), build ? build : ".",
			 test_dir(), test_dir());
	return program("podman", text);
}

static pid_t pid_in(const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), name);
	AUTO_BUF struct buf b = BUF_INIT(100);

	return file_read(path, &b, NULL) == 0 ? (pid_t)atoi(b.data) : 0;
}

static bool is_gone(pid_t pid)
{
	int64_t give_up = clock_after_ms(30000);

	while (compat_start_time(pid) && clock_now() < give_up)
		sched_yield();
	return !compat_start_time(pid);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

TEST(service_answers_and_leaves_nothing)
{
	AUTO_FREE char *podman = fake_podman("");
	AUTO_ERROR struct error *err = NULL;
	struct service *s = service_start(podman, test_dir(), &err);
	AUTO_FREE char *socket = NULL;
	pid_t pid, child;

	need(s);
	socket = xstrdup(service_socket(s));
	ok(str_starts(socket, test_dir()));
	need(service_await(s, &call, &err) == 0);
	pid = pid_in("pid");
	child = pid_in("child");
	ok(compat_start_time(pid) != 0);
	ok(compat_start_time(child) != 0);
	service_end(s);
	ok(is_gone(pid));
	ok(is_gone(child));
	ok(!exists(socket));
}

TEST(service_that_ignores_term_is_killed)
{
	AUTO_FREE char *podman =
		program("podman", "#!/bin/sh\ntrap '' TERM\n"
				  "read -r x </dev/zero; sleep 600\n");
	AUTO_ERROR struct error *err = NULL;
	struct service *s = service_start(podman, test_dir(), &err);
	int64_t start = clock_now();

	need(s);
	service_end(s);
	ok(clock_now() - start < 60 * NS_PER_S);
}

TEST(service_that_dies_says_why)
{
	AUTO_FREE char *podman =
		program("podman",
			"#!/bin/sh\necho noise >&2\n"
			"echo 'Error: no space for the store' >&2\nexit 125\n");
	AUTO_ERROR struct error *err = NULL;
	struct service *s = service_start(podman, test_dir(), &err);

	need(s);
	ok_int(service_await(s, &call, &err), -1);
	need(err);
	ok_str(err->msg,
	       "cannot start podman's service: no space for the store");
	ok_int(err->code, ERR_BACKEND);
	service_end(s);
}

TEST(service_without_words_has_some)
{
	AUTO_FREE char *podman = program("podman", "#!/bin/sh\nexit 0\n");
	AUTO_ERROR struct error *err = NULL;
	struct service *s = service_start(podman, test_dir(), &err);

	need(s);
	ok_int(service_await(s, &call, &err), -1);
	need(err);
	ok(strstr(err->msg, "it ended without a word"));
	service_end(s);
}

TEST(waiting_ends_with_the_call)
{
	AUTO_FREE char *podman = program("podman", "#!/bin/sh\nsleep 600\n");
	AUTO_ERROR struct error *err = NULL;
	AUTO_ERROR struct error *late = NULL;
	struct service *s = service_start(podman, test_dir(), &err);
	struct cirrus_call c = call;
	int fds[2];

	need(s);
	c.deadline_ns = clock_after_ms(100);
	ok_int(service_await(s, &c, &late), -1);
	ok(late && late->code == ERR_TIMEOUT);
	need(fd_pipe(fds, NULL) == 0);
	need(fd_write_all(fds[1], "x", 1) == 0);
	c.deadline_ns = 0;
	c.cancel_fd = fds[0];
	ok_int(service_await(s, &c, &err), -1);
	ok(err && err->code == ERR_CANCELLED);
	close(fds[0]);
	close(fds[1]);
	service_end(s);
}

TEST(service_ends_when_its_owner_is_killed)
{
	AUTO_FREE char *podman = fake_podman("");
	AUTO_BUF struct buf socket = BUF_INIT(200);
	int fds[2];
	pid_t owner;

	need(fd_pipe(fds, NULL) == 0);
	owner = fork();
	if (owner == 0) {
		struct service *s = service_start(podman, test_dir(), NULL);

		if (s && service_await(s, &call, NULL) == 0)
			dprintf(fds[1], "%s", service_socket(s));
		close(fds[1]);
		pause();
	}
	close(fds[1]);
	need(fd_read_all(fds[0], &socket) == 0);
	need(socket.len > 0);
	ok(exists(socket.data));
	kill(owner, SIGKILL);
	waitpid(owner, NULL, 0);
	ok(is_gone(pid_in("pid")));
	ok(is_gone(pid_in("child")));
	/* removed before the first signal was sent */
	ok(!exists(socket.data));
	close(fds[0]);
}

TEST(signals_for_the_terminal_do_not_reach_the_service)
{
	AUTO_FREE char *podman = fake_podman("");
	AUTO_ERROR struct error *err = NULL;
	struct service *s = service_start(podman, test_dir(), &err);

	need(s);
	need(service_await(s, &call, &err) == 0);
	ok(getpgid(pid_in("pid")) != getpgrp());
	ok(getsid(pid_in("pid")) != getsid(0));
	service_end(s);
}

TEST(a_long_runtime_directory_is_no_obstacle)
{
	AUTO_FREE char *podman = fake_podman("");
	AUTO_FREE char *dir = xasprintf("%s/%0120d", test_dir(), 7);
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *socket = NULL;
	struct service *s;

	need(dir_make(dir, 0700, NULL) == 0);
	s = service_start(podman, dir, &err);
	need(s);
	socket = xstrdup(service_socket(s));
	ok(service_await(s, &call, &err) == 0);
	service_end(s);
	*strrchr(socket, '/') = '\0';
	ok(!exists(socket)); /* its directory */
}

TEST(a_program_that_is_not_there_says_so)
{
	AUTO_ERROR struct error *err = NULL;
	struct service *s = service_start("/no/such/podman", test_dir(), &err);

	need(s); /* the watcher lives */
	ok_int(service_await(s, &call, &err), -1);
	ok(err && strstr(err->msg, "/no/such/podman"));
	service_end(s);
}

TAP_MAIN()
