/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plugins/podman/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/strv.h"
#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/hash.h"
#include "sdk/lib/child.h"

#define GRACE_S 5

/* $1: the socket's path; $2: a directory, as the monitors of containers say in
 * the one where the service was started that memory ran out (a file named oom);
 * the rest: the service.  Descriptor 0 is the pipe, 1 the listening socket, 2 the
 * log.  The service's descriptors are what sd_listen_fds(3) says; kill 0 means the
 * process group, which is ours alone since we lead a session.
 *
 * A build that nobody waits for any more goes on with its RUN, and would leave
 * that behind, with a container that says not whose it is: so the RUN is ended,
 * and the service given a moment to clear up. */
static const char watcher[] =
	"trap '' TERM INT HUP QUIT\n"
	"socket=$1\n"
	"cd \"$2\" || exit\n"
	"shift 2\n"
	"(\n"
	"	trap - TERM INT HUP QUIT\n"
	"	exec sh -c 'export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"' "
	"sh \"$@\" 3<&1 </dev/null >&2\n"
	") &\n"
	"service=$!\n"
	"exec >&2\n"
	"while read -r line; do :; done\n"
	"rm -f \"$socket\" oom\n"
	"for run in $(cat /proc/$service/task/*/children 2>/dev/null); do\n"
	"	grep -q '^buildah-oci-runtime' /proc/$run/cmdline || continue\n"
	"	kill -KILL $(cat /proc/$run/task/*/children) && sleep 1\n"
	"done\n"
	"kill -TERM 0\n"
	"(sleep \"$grace\"; kill -KILL 0) &\n"
	"wait \"$service\"\n"
	"kill -KILL 0\n";

struct service {
	struct sockaddr_un addr;
	char *own_dir; /* made for the socket alone, or NULL */
	int pipe;      /* its end is ours */
	int log;       /* a file without a name */
	pid_t watcher;
};

/* A path that fits: below dir, else in a new directory of short name. */
static int choose_path(struct service *s, const char *dir, struct error **err)
{
	char id[17], template[] = "/tmp/cirrus-podman-XXXXXX";
	int n;

	random_hex(id, 8);
	s->addr.sun_family = AF_UNIX;
	n = snprintf(s->addr.sun_path, sizeof(s->addr.sun_path),
		     "%s/podman-%s.sock", dir, id);
	if (n > 0 && (size_t)n < sizeof(s->addr.sun_path))
		return 0;
	if (!mkdtemp(template))
		return error_errno(err, errno, "cannot make %s", template);
	s->own_dir = xstrdup(template);
	snprintf(s->addr.sun_path, sizeof(s->addr.sun_path), "%s/podman.sock",
		 template);
	return 0;
}

static int listen_at(const struct sockaddr_un *addr, struct error **err)
{
	AUTO_CLOSE int fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 ||
	    chmod(addr->sun_path, 0600) < 0 || listen(fd, SOMAXCONN) < 0)
		return error_errno(err, errno, "cannot listen at %s",
				   addr->sun_path);
	return STEAL_FD(fd);
}

/* Where the service's messages go: it may write when we are gone. */
static int open_log(const char *dir, struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/podman-XXXXXX", dir);
	int fd = mkostemp(path, O_CLOEXEC | O_APPEND);

	if (fd < 0)
		return error_errno(err, errno, "cannot make %s", path);
	unlink(path);
	return fd;
}

static int start_watcher(struct service *s, const char *dir,
			 const char *program, struct error **err)
{
	AUTO_FREE char *script = xasprintf("grace=%d\n%s", GRACE_S, watcher);
	const char *const argv[] = {
		"sh",
		"-c",
		script,
		"cirrus-podman-watcher",
		s->addr.sun_path,
		dir,
		program,
		"system",
		"service",
		"--time=0",
		NULL,
	};
	struct child_spec spec = {.argv = argv, .err = s->log, .session = true};
	AUTO_CLOSE int listener = listen_at(&s->addr, err);
	AUTO_CLOSE int theirs = -1;
	int fds[2];

	if (listener < 0 || fd_pipe(fds, err) < 0)
		return -1;
	theirs = fds[0];
	s->pipe = fds[1];
	spec.in = theirs;
	spec.out = listener;
	s->watcher = child_start(&spec, err);
	return s->watcher < 0 ? -1 : 0;
}

struct service *service_start(const char *program, const char *runtime_dir,
			      struct error **err)
{
	struct service *s = xcalloc(1, sizeof(*s));

	s->pipe = -1;
	s->watcher = -1;
	s->log = open_log(runtime_dir, err);
	if (s->log < 0 || choose_path(s, runtime_dir, err) < 0 ||
	    start_watcher(s, runtime_dir, program, err) < 0) {
		service_end(s);
		return NULL;
	}
	return s;
}

const char *service_socket(const struct service *s)
{
	return s->addr.sun_path;
}

/* The last line of the log that says something. */
static void last_words(const struct service *s, struct buf *out)
{
	char text[4096];
	off_t size = lseek(s->log, 0, SEEK_END);
	off_t from =
		size > (off_t)sizeof(text) - 1 ? size - sizeof(text) + 1 : 0;
	ssize_t n = pread(s->log, text, sizeof(text) - 1, from);
	char *line;

	while (n > 0 && strchr("\r\n ", text[n - 1]))
		n--;
	text[n > 0 ? n : 0] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	if (str_starts(line, "Error: "))
		line += strlen("Error: ");
	buf_adds(out, line);
}

static int died(const struct service *s, struct error **err)
{
	AUTO_BUF struct buf words = BUF_INIT(BUF_LINE);

	last_words(s, &words);
	if (words.len == 0)
		buf_adds(&words, "it ended without a word");
	return error_set(err, ERR_BACKEND, "cannot start podman's service: %s",
			 words.data);
}

static int wait_for_answer(const struct service *s, int fd,
			   const struct cirrus_call *call, struct error **err)
{
	int cancel = call->cancel_fd > 2 ? call->cancel_fd : -1;
	char c;

	switch (fd_wait(fd, POLLIN, cancel, call->deadline_ns)) {
	case FD_READY:
		break;
	case FD_CANCELLED:
		return error_set(err, ERR_CANCELLED,
				 "cancelled while podman's service started");
	case FD_TIMEOUT:
		return error_set(err, ERR_TIMEOUT,
				 "podman's service did not start in time");
	case FD_WAIT_ERROR:
		return error_errno(err, errno, "poll");
	}
	return fd_read(fd, &c, 1) == 1 ? 0 : died(s, err);
}

int service_await(struct service *s, const struct cirrus_call *call,
		  struct error **err)
{
	static const char ping[] = "GET /_ping HTTP/1.0\r\n\r\n";
	AUTO_CLOSE int fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		return error_errno(err, errno, "cannot make a socket");
	/* Refused: it ended before we came, and its socket with it. */
	if (connect(fd, (const struct sockaddr *)&s->addr, sizeof(s->addr)) <
		    0 ||
	    fd_write_all(fd, ping, sizeof(ping) - 1) < 0)
		return died(s, err);
	return wait_for_answer(s, fd, call, err);
}

void service_end(struct service *s)
{
	int status;

	if (!s)
		return;
	fd_close(&s->pipe);
	if (s->watcher > 0 &&
	    child_wait(s->watcher, -1, clock_after_ms(GRACE_S * 1000 + 2000),
		       &status, NULL) < 0)
		child_end(s->watcher, true);
	/* The watcher has removed it, unless it never came to life. */
	if (s->addr.sun_path[0])
		unlink(s->addr.sun_path);
	if (s->own_dir)
		rmdir(s->own_dir);
	fd_close(&s->log);
	free(s->own_dir);
	free(s);
}
