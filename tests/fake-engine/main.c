/* SPDX-License-Identifier: MIT */
/* fake-engine SCRIPT LOG [SOCKET] - an engine that does what a script says; see
 * script.h.  Without SOCKET it takes the listening socket that systemd's
 * protocol hands over (LISTEN_PID, LISTEN_FDS: descriptor 3); with - it serves
 * the one connection that is its standard input.  "ready" on
 * standard output means that connections succeed. */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/fd.h"
#include "tests/fake-engine/connection.h"

static struct rule *rules;
static int log_fd = -1;

static void *serve(void *arg)
{
	connection_serve((int)(intptr_t)arg, log_fd, rules);
	return NULL;
}

static int inherited(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");

	if (!pid || atol(pid) != (long)getpid() || !fds || atoi(fds) != 1) {
		fprintf(stderr, "fake-engine: no socket was handed over\n");
		exit(1);
	}
	return 3;
}

static int make_socket(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(fd, SOMAXCONN) < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	AUTO_ERROR struct error *err = NULL;
	pthread_t t;
	int fd, c;

	if (argc < 3) {
		fprintf(stderr, "usage: fake-engine SCRIPT LOG [SOCKET]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	rules = script_load(argv[1], &err);
	if (!rules) {
		fprintf(stderr, "fake-engine: %s\n", err->msg);
		return 2;
	}
	log_fd = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (argc > 3 && strcmp(argv[3], "-") == 0) {
		connection_serve(STDIN_FILENO, log_fd, rules);
		return 0;
	}
	fd = argc > 3 ? make_socket(argv[3]) : inherited();
	printf("ready\n");
	fflush(stdout);
	while ((c = compat_accept(fd)) >= 0) {
		if (pthread_create(&t, NULL, serve, (void *)(intptr_t)c) == 0)
			pthread_detach(t);
	}
	return 1;
}
