/* SPDX-License-Identifier: MIT */
/* hold LISTEN ENGINE DIR - stands between a program and a real engine, both unix
 * sockets (LISTEN "tcp": a port of 127.0.0.1), and stops time at one request.
 *
 * DIR/at holds a line "before PATTERN" or "after PATTERN", a pattern of fnmatch(3)
 * for "METHOD /path?query".  The first request that matches is kept back, or its
 * answer is: then DIR/held comes to be, and nothing moves on that connection
 * until there is DIR/release, or the program hangs up.  What was kept back
 * reaches the engine in any case, as it would have with one that is slow; DIR/done
 * tells that the engine has answered it.  DIR/at is read for each request, until
 * something is held; DIR/log lists them all.
 *
 * "ready URL" on standard output means that connections succeed. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"

#define LINE      512
#define CHUNK     65536
#define LOOK_MS   20
#define ANSWER_MS 20000

static const char *engine_path;
static int dir_fd;
static pthread_mutex_t held_lock = PTHREAD_MUTEX_INITIALIZER;
static bool held; /* something was, and nothing else will be */

enum when { NEVER, BEFORE, AFTER };

static void mark(const char *name)
{
	int fd = openat(dir_fd, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);

	if (fd >= 0)
		close(fd);
}

/* "METHOD /path?query" at the front of a chunk: programs send a request only once
 * they have the answer to the one before. */
static bool is_request(const char *data, size_t len, char line[LINE])
{
	const char *end = memmem(data, len, " HTTP/1.1\r\n", 11);

	if (!end || end - data >= LINE ||
	    memchr(data, '\n', (size_t)(end - data)))
		return false;
	memcpy(line, data, (size_t)(end - data));
	line[end - data] = '\0';
	return true;
}

static enum when read_wish(char pattern[LINE])
{
	AUTO_CLOSE int fd = openat(dir_fd, "at", O_RDONLY | O_CLOEXEC);
	char text[LINE] = "", word[8] = "";
	ssize_t n = fd < 0 ? -1 : fd_read(fd, text, sizeof(text) - 1);

	if (n <= 0 || sscanf(text, "%7s %511[^\n]", word, pattern) != 2)
		return NEVER;
	return strcmp(word, "before") == 0 ? BEFORE : AFTER;
}

static void note(const char *line)
{
	AUTO_CLOSE int fd = openat(
		dir_fd, "log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	dprintf(fd, "%s\n", line);
}

static enum when wanted(const char *data, size_t len)
{
	char line[LINE], pattern[LINE];
	enum when when = NEVER;

	if (!is_request(data, len, line))
		return NEVER;
	note(line);
	pthread_mutex_lock(&held_lock);
	if (!held)
		when = read_wish(pattern);
	if (when != NEVER && fnmatch(pattern, line, 0) != 0)
		when = NEVER;
	held = held || when != NEVER;
	pthread_mutex_unlock(&held_lock);
	return when;
}

/* Until somebody lets go, or the program hangs up: true. */
static bool hold(int program)
{
	struct pollfd p = {.fd = program, .events = POLLRDHUP};

	mark("held");
	for (;;) {
		if (faccessat(dir_fd, "release", F_OK, 0) == 0)
			return false;
		if (poll(&p, 1, LOOK_MS) > 0)
			return true;
	}
}

static ssize_t pass(int from, int to, char *chunk)
{
	ssize_t n = fd_read(from, chunk, CHUNK);

	if (n > 0 && fd_write_all(to, chunk, (size_t)n) < 0)
		return -1;
	return n;
}

/* What one who hung up had said reaches the engine, and its answer nobody. */
static void part(int program, int engine, char *chunk)
{
	struct pollfd p = {.fd = engine, .events = POLLIN};

	while (pass(program, engine, chunk) > 0)
		;
	shutdown(engine, SHUT_WR);
	if (poll(&p, 1, ANSWER_MS) > 0)
		(void)!fd_read(engine, chunk, CHUNK);
	mark("done");
}

/* One chunk of the program's: its length, 0 at the end, -1 once it has hung up.
 * *answer: the answer is to be held. */
static ssize_t serve_program(int program, int engine, char *chunk, bool *answer)
{
	ssize_t n = fd_read(program, chunk, CHUNK);
	enum when when = n > 0 ? wanted(chunk, (size_t)n) : NEVER;
	bool gone = when == BEFORE && hold(program);

	if (n > 0 && fd_write_all(engine, chunk, (size_t)n) < 0)
		return -1;
	if (gone)
		part(program, engine, chunk);
	*answer = *answer || when == AFTER;
	return gone ? -1 : n;
}

static void relay(int program, int engine)
{
	AUTO_FREE char *chunk = xmalloc(CHUNK);
	struct pollfd p[] = {{.fd = program, .events = POLLIN},
			     {.fd = engine, .events = POLLIN}};
	bool answer = false;
	ssize_t n = 1;

	while (n >= 0 && (poll(p, 2, -1) > 0 || errno == EINTR)) {
		if (p[0].revents)
			n = serve_program(program, engine, chunk, &answer);
		if (n == 0) {
			shutdown(engine, SHUT_WR);
			p[0].fd = -1;
			n = 1;
		}
		if (n < 0 || !p[1].revents)
			continue;
		if (answer && hold(program)) {
			part(program, engine, chunk);
			return;
		}
		answer = false;
		if (pass(engine, program, chunk) <= 0)
			return;
	}
}

static int connect_engine(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", engine_path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		fd_close(&fd);
	return fd;
}

static void *serve(void *arg)
{
	AUTO_CLOSE int program = (int)(intptr_t)arg;
	AUTO_CLOSE int engine = connect_engine();

	if (engine >= 0)
		relay(program, engine);
	return NULL;
}

static int listen_on_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 64) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
		perror("127.0.0.1");
		exit(1);
	}
	printf("ready tcp://127.0.0.1:%d\n", ntohs(at.sin_port));
	return fd;
}

static int listen_at(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    chmod(path, 0666) < 0 || listen(fd, 64) < 0) {
		perror(path);
		exit(1);
	}
	printf("ready unix://%s\n", path);
	return fd;
}

int main(int argc, char **argv)
{
	int listening;

	if (argc != 4) {
		fprintf(stderr, "usage: hold LISTEN ENGINE DIR\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	engine_path = argv[2];
	dir_fd = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	listening = strcmp(argv[1], "tcp") == 0 ? listen_on_port()
						: listen_at(argv[1]);
	fflush(stdout);
	for (;;) {
		int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;

		if (fd < 0)
			continue;
		if (pthread_create(&thread, NULL, serve,
				   (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
