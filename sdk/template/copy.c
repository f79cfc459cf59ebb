/* SPDX-License-Identifier: MIT */
/* Files in and out: tar(1), run inside the instance, so that no symbolic link
 * leads out of it. */
#include "config.h"

#include "local.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define MISSING 44 /* exit status of the scripts: a path is not there */

static const char unpack[] =
	"[ \"$2\" = 0 ] || mkdir -p \"$1\" || exit\n"
	"cd \"$1\" 2>/dev/null || { echo \"$1 is not there\" >&2; exit 44; }\n"
	"exec tar -x -p --no-same-owner -f -";

static const char pack[] =
	"cd \"$1\" 2>/dev/null || { echo \"$1 is not there\" >&2; exit 44; }\n"
	"shift\n"
	"for p; do\n"
	"	[ -e \"$p\" ] || [ -L \"$p\" ] ||\n"
	"		{ echo \"$p is not there\" >&2; exit 44; }\n"
	"done\n"
	"exec tar -c -f - -- \"$@\"";

/* One run of tar, and our end of the pipe to it. */
struct transfer {
	struct cirrus_instance *it;
	const struct cirrus_call *call;
	struct process process;
	int fd, errors; /* errors: a memfd, for what tar has to say */
};

/* to_tar: we write, it reads. */
static cirrus_status transfer_start(struct transfer *t, const char *const *argv,
				    bool to_tar)
{
	struct command cmd = {.argv = argv, .workdir = "/"};
	cirrus_status st;
	int fds[2];

	t->fd = -1;
	process_init(&t->process);
	t->errors = memfd_create("cirrus-local", MFD_CLOEXEC);
	if (t->errors < 0 || pipe2(fds, O_CLOEXEC) < 0)
		return cirrus_errorf(t->call, cirrus_status_of_errno(errno),
				     NULL, "cannot make a pipe: %s",
				     strerror(errno));
	cmd.stdin_fd = to_tar ? fds[0] : -1;
	cmd.stdout_fd = to_tar ? -1 : fds[1];
	cmd.stderr_fd = t->errors;
	t->fd = fds[to_tar];
	/* ours alone, so it may be changed: poll, then never block */
	fcntl(t->fd, F_SETFL, O_NONBLOCK);
	st = process_start(t->it, t->call, &cmd, &t->process);
	close(fds[!to_tar]);
	return st;
}

static void transfer_close(struct transfer *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

static void transfer_clear(struct transfer *t)
{
	transfer_close(t);
	if (t->errors >= 0)
		close(t->errors);
	process_clear(&t->process);
}

/* Ends tar, and reports why the transfer did not come to its end. */
static cirrus_status transfer_break(struct transfer *t, cirrus_status st)
{
	process_end(&t->process, 0);
	return cirrus_errorf(t->call, st, NULL, "copy: %s",
			     cirrus_status_text(st));
}

/* What tar made of it. */
static cirrus_status transfer_finish(struct transfer *t)
{
	char text[512];
	struct cirrus_exit end = {.struct_size = sizeof(end)};
	cirrus_status st;
	ssize_t n;

	transfer_close(t);
	st = process_wait(&t->process, t->call);
	if (st < 0)
		return transfer_break(t, st);
	process_exit(&t->process, &end);
	if (end.code == 0)
		return CIRRUS_OK;
	n = pread(t->errors, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return cirrus_errorf(t->call,
			     end.code == MISSING ? CIRRUS_E_NOTFOUND
						 : CIRRUS_E_FAILED,
			     NULL, "copy: %s", text);
}

/* All of data, or a status; IO when tar has ended and reads no more. */
static cirrus_status feed(struct transfer *t, const char *data, size_t len)
{
	cirrus_status st;
	ssize_t n;

	while (len > 0) {
		st = cirrus_poll(t->call, t->fd, POLLOUT);
		if (st < 0)
			return st;
		n = write(t->fd, data, len);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			return CIRRUS_E_IO;
		data += n;
		len -= (size_t)n;
	}
	return CIRRUS_OK;
}

static cirrus_status pump_in(struct transfer *t,
			     const struct cirrus_reader *reader)
{
	static const size_t size = 65536;
	char *buf = malloc(size);
	cirrus_status st = CIRRUS_OK;
	int64_t n = 0;

	if (!buf)
		return transfer_break(t, CIRRUS_E_NOMEM);
	while (st == CIRRUS_OK &&
	       (n = reader->read(reader->ctx, buf, size)) > 0)
		st = feed(t, buf, (size_t)n);
	free(buf);
	if (n < 0)
		return transfer_break(t, (cirrus_status)n);
	/* tar that went away says best itself why */
	if (st < 0 && st != CIRRUS_E_IO)
		return transfer_break(t, st);
	return transfer_finish(t);
}

static cirrus_status pump_out(struct transfer *t,
			      const struct cirrus_writer *writer)
{
	static const size_t size = 65536;
	char *buf = malloc(size);
	cirrus_status st = CIRRUS_OK;
	ssize_t n = 1;

	if (!buf)
		return transfer_break(t, CIRRUS_E_NOMEM);
	while (st == CIRRUS_OK && n != 0) {
		st = cirrus_poll(t->call, t->fd, POLLIN);
		if (st < 0)
			break;
		n = read(t->fd, buf, size);
		if (n > 0 && writer->write(writer->ctx, CIRRUS_STDOUT, buf,
					   (size_t)n) < 0)
			st = CIRRUS_E_IO;
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			st = CIRRUS_E_IO;
	}
	free(buf);
	return st < 0 ? transfer_break(t, st) : transfer_finish(t);
}

cirrus_status local_copy_in(cirrus_instance *it, const struct cirrus_call *call,
			    const struct cirrus_copy_spec *spec,
			    const struct cirrus_reader *tar)
{
	const char *mkdir = spec->flags & CIRRUS_COPY_MKDIR ? "1" : "0";
	const char *const argv[] = {"/bin/sh", "-c",  unpack, "unpack",
				    spec->dir, mkdir, NULL};
	struct transfer t = {.it = it, .call = call};
	cirrus_status st;

	st = CIRRUS_CHECK_SPEC(call, "copy", spec, CIRRUS_COPY_MKDIR, 0);
	if (st < 0)
		return st;
	if (spec->owner)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "files inside have one owner only");
	st = transfer_start(&t, argv, true);
	if (st == CIRRUS_OK)
		st = pump_in(&t, tar);
	transfer_clear(&t);
	return st;
}

/* sh -c PACK pack DIR PATH...; to be freed, but not what is in it. */
static const char **pack_argv(const struct cirrus_copy_spec *spec)
{
	static const char *const all[] = {".", NULL};
	const char *const *paths = spec->paths ? spec->paths : all;
	const char **argv;
	size_t n = 0, i;

	while (paths[n])
		n++;
	argv = calloc(n + 6, sizeof(*argv));
	if (!argv)
		return NULL;
	argv[0] = "/bin/sh";
	argv[1] = "-c";
	argv[2] = pack;
	argv[3] = "pack";
	argv[4] = spec->dir;
	for (i = 0; i < n; i++)
		argv[5 + i] = paths[i];
	return argv;
}

cirrus_status local_copy_out(cirrus_instance *it,
			     const struct cirrus_call *call,
			     const struct cirrus_copy_spec *spec,
			     const struct cirrus_writer *tar)
{
	struct transfer t = {.it = it, .call = call};
	const char **argv;
	cirrus_status st;

	st = CIRRUS_CHECK_SPEC(call, "copy", spec, 0, 0);
	if (st < 0)
		return st;
	argv = pack_argv(spec);
	if (!argv)
		return cirrus_errorf(call, CIRRUS_E_NOMEM, NULL, "no memory");
	st = transfer_start(&t, argv, false);
	if (st == CIRRUS_OK)
		st = pump_out(&t, tar);
	transfer_clear(&t);
	free(argv);
	return st;
}
