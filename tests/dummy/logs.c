/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"

/* Nothing wakes a reader of a file that grows; for tests this is often enough. */
#define TICK_MS 20

/* What is new in one of the two files; true: there was something. */
static bool forward(int fd, int32_t stream, const struct cirrus_writer *w,
		    cirrus_status *s)
{
	char chunk[16384];
	ssize_t n = fd < 0 ? 0 : fd_read(fd, chunk, sizeof(chunk));

	if (n > 0)
		*s = w->write(w->ctx, stream, chunk, (size_t)n);
	return n > 0 && *s == CIRRUS_OK;
}

static cirrus_status drain(int out, int err, const struct cirrus_writer *w)
{
	cirrus_status s = CIRRUS_OK;

	while (forward(out, CIRRUS_STDOUT, w, &s) ||
	       (s == CIRRUS_OK && forward(err, CIRRUS_STDERR, w, &s)))
		;
	return s;
}

static int open_log(const struct cirrus_instance *it, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", it->dir, name);

	return open(path, O_RDONLY | O_CLOEXEC);
}

static cirrus_status follow(cirrus_instance *it, const struct cirrus_call *call,
			    const struct cirrus_writer *w, bool once)
{
	AUTO_CLOSE int out = open_log(it, "out");
	AUTO_CLOSE int err = open_log(it, "err");
	bool over = once;

	for (;;) {
		struct pollfd p = {.fd = call->cancel_fd, .events = POLLIN};
		struct space_end e;
		cirrus_status s;

		/* asked before the last look, so that nothing is lost */
		over = over || instance_ended(it, &e) || !instance_pid(it);
		if (over && !once && MUTATED(it->conn, LOGS_TAIL))
			return CIRRUS_OK;
		s = drain(out, err, w);
		if (s != CIRRUS_OK)
			return cirrus_errorf(call, CIRRUS_E_IO, NULL,
					     "%s: cannot write its logs",
					     it->id);
		if (over)
			return CIRRUS_OK;
		if (poll(&p, p.fd > 2 ? 1 : 0, TICK_MS) > 0 ||
		    cirrus_remaining_ms(call) == 0)
			return call_broken(call, it->id);
	}
}

cirrus_status instance_logs(cirrus_instance *it, const struct cirrus_call *call,
			    const struct cirrus_logs_spec *in,
			    const struct cirrus_writer *w)
{
	struct cirrus_logs_spec spec = {0};
	cirrus_status s = call_begin(call, it->conn);

	if (in)
		CIRRUS_COPY(&spec, in);
	if (s == CIRRUS_OK)
		s = unknown_bits(it->conn, call, spec.flags,
				 CIRRUS_LOGS_NO_FOLLOW, spec.required);
	if (s != CIRRUS_OK)
		return s;
	return follow(it, call, w, spec.flags & CIRRUS_LOGS_NO_FOLLOW);
}

/* Until it ends, the kernel's figures of the main process; then what it was
 * reaped with. */
static void usage_now(pid_t pid, struct cirrus_usage *out)
{
	char path[64];
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	unsigned long long user = 0, system = 0;
	long tick = sysconf(_SC_CLK_TCK);
	const char *p;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (file_read(path, &b, NULL) < 0)
		return;
	p = strrchr(b.data, ')');
	if (p && sscanf(p + 2,
			"%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
			&user, &system) == 2) {
		out->user_ns = (int64_t)(user * (1000000000ULL / tick));
		out->system_ns = (int64_t)(system * (1000000000ULL / tick));
	}
}

cirrus_status instance_usage(cirrus_instance *it,
			     const struct cirrus_call *call,
			     struct cirrus_usage *out)
{
	struct space_end e;
	pid_t pid = instance_pid(it);
	cirrus_status s = call_begin(call, it->conn);

	if (s != CIRRUS_OK)
		return s;
	if (instance_ended(it, &e)) {
		out->user_ns = e.user_ns;
		out->system_ns = e.system_ns;
		out->memory_peak_bytes = e.peak_bytes;
	} else if (pid) {
		usage_now(pid, out);
	}
	return CIRRUS_OK;
}
