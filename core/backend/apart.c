/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/crash.h"
#include "base/fd.h"
#include "base/strv.h"

#define END "end"

/* Never comes back. */
static void become(int fd, void (*work)(int fd, void *ctx), void *ctx)
{
	const struct rlimit no_core = {0, 0};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setpgid(0, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	crash_default();
	for (int i = 0; i <= 2; i++)
		dup2(null, i);
	work(fd, ctx);
	_exit(0);
}

int apart_start(struct apart *c, void (*work)(int fd, void *ctx), void *ctx,
		struct error **err)
{
	int fds[2];

	*c = (struct apart){.fd = -1, .answer = BUF_INIT(BUF_MESSAGE)};
	if (fd_pipe(fds, err) < 0)
		return -1;
	c->pid = fork();
	if (c->pid == 0)
		become(fds[1], work, ctx);
	close(fds[1]);
	if (c->pid < 0) {
		close(fds[0]);
		return error_errno(err, errno, "fork");
	}
	/* Both sides, so that it holds before either goes on. */
	setpgid(c->pid, c->pid);
	c->fd = fds[0];
	return 0;
}

/* Its group goes in any case: a helper that it left behind would hold the pipe
 * open, and is of no use to anyone. */
static void reap(struct apart *c)
{
	fd_close(&c->fd);
	kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
}

static void take(struct apart *c)
{
	char *room = buf_room(&c->answer, 4096);
	ssize_t n = room ? fd_read(c->fd, room, 4096) : 0;

	if (n > 0)
		buf_grown(&c->answer, (size_t)n);
	if (n <= 0 || apart_ended(c))
		reap(c);
}

static bool wait_for_any(struct apart *children, size_t n, int64_t deadline_ns)
{
	AUTO_FREE struct pollfd *fds = xcalloc(n, sizeof(*fds));
	size_t running = 0;
	int ready;

	for (size_t i = 0; i < n; i++) {
		fds[i] = (struct pollfd){children[i].fd, POLLIN, 0};
		running += children[i].fd >= 0;
	}
	if (running == 0)
		return false;
	ready = poll(fds, n, fd_poll_timeout(deadline_ns));
	for (size_t i = 0; ready > 0 && i < n; i++)
		if (fds[i].revents)
			take(&children[i]);
	return ready > 0 || (ready < 0 && errno == EINTR);
}

void apart_collect(struct apart *children, size_t n, int64_t deadline_ns)
{
	while (n > 0 && wait_for_any(children, n, deadline_ns))
		;
	for (size_t i = 0; i < n; i++) {
		if (children[i].fd < 0)
			continue;
		children[i].killed = true;
		reap(&children[i]);
	}
}

void apart_clear(struct apart *c)
{
	fd_close(&c->fd);
	buf_clear(&c->answer);
}

void apart_put(int fd, const char *key, const char *value)
{
	AUTO_FREE char *line = xasprintf("%s=%s\n", key, value ? value : "");
	size_t len = strlen(line);

	for (size_t i = 0; i + 1 < len; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	if (fd_write_all(fd, line, len) < 0)
		_exit(1);
}

void apart_end(int fd)
{
	apart_put(fd, END, "");
}

bool apart_ended(const struct apart *c)
{
	return str_ends(c->answer.data, "\n" END "=\n") ||
	       strcmp(c->answer.data, END "=\n") == 0;
}

char *apart_get(const struct apart *c, const char *key)
{
	size_t len = strlen(key);
	char *value = NULL;

	for (const char *line = c->answer.data; *line;) {
		size_t end = strcspn(line, "\n");

		if (strncmp(line, key, len) == 0 && line[len] == '=') {
			free(value);
			value = xstrndup(line + len + 1, end - len - 1);
		}
		line += end + (line[end] == '\n');
	}
	return value;
}
