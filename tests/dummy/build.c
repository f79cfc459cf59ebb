/* SPDX-License-Identifier: MIT */
/* Building as far as tests need it: COPY puts files into the image, RUN runs in
 * its root, on this machine; everything else is told and passed over. */
#include "config.h"

#include "dummy.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

extern char **environ;

struct building {
	const struct cirrus_call *call;
	const struct cirrus_build_spec *spec;
	const struct cirrus_writer *log;
	char *dir; /* of the image: context/, root/ */
};

static int run(const char *dir, const char *script, int in, struct buf *out)
{
	AUTO_FREE char *text =
		xasprintf("cd '%s' && { %s\n} 2>&1", dir, script);
	const char *argv[] = {"sh", "-c", text, NULL};
	posix_spawn_file_actions_t a;
	int fds[2], status = -1, e;
	pid_t pid;

	if (fd_pipe(fds, NULL) < 0)
		return -1;
	posix_spawn_file_actions_init(&a);
	if (in >= 0)
		posix_spawn_file_actions_adddup2(&a, in, 0);
	posix_spawn_file_actions_adddup2(&a, fds[1], 1);
	e = posix_spawnp(&pid, "sh", &a, NULL, (char **)argv, environ);
	posix_spawn_file_actions_destroy(&a);
	close(fds[1]);
	if (e == 0 && fd_read_all(fds[0], out) < 0)
		e = errno;
	close(fds[0]);
	while (e == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* The archive goes to a file first: whoever reads it may be slow. */
static cirrus_status unpack(struct building *b, const struct cirrus_reader *tar)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_LINE);
	AUTO_FREE char *chunk = xmalloc(65536);
	FILE *f = tmpfile();
	int64_t n = 0;
	int status = -1;

	if (!f)
		return fail_errno(b->call, errno, "cannot unpack the context");

	while ((n = tar->read(tar->ctx, chunk, 65536)) > 0)
		if (fwrite(chunk, 1, (size_t)n, f) != (size_t)n)
			break;
	rewind(f);
	if (n == 0)
		status = run(
			b->dir,
			"mkdir -p context root/var/tmp && tar -C context -xf -",
			fileno(f), &out);
	fclose(f);
	if (status == 0)
		return CIRRUS_OK;
	return cirrus_errorf(b->call, CIRRUS_E_IO, NULL,
			     "cannot unpack the context: %s", out.data);
}

static cirrus_status perform(struct building *b, const char *line)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_MESSAGE);
	AUTO_FREE char *context = xasprintf("%s/context", b->dir);
	AUTO_FREE char *script = NULL;
	int status;

	if (str_starts(line, "COPY "))
		script = xasprintf("set -- %s; cp -a \"$1\" ../root/\"$2\"",
				   line + 5);
	else if (str_starts(line, "RUN "))
		script = xasprintf("cd ../root && %s", line + 4);
	buf_addf(&out, "Step: %s\n", line);
	b->log->write(b->log->ctx, CIRRUS_STDOUT, out.data, out.len);
	buf_reset(&out);
	if (!script)
		return CIRRUS_OK;
	for (size_t i = 0; i < b->spec->n_args; i++) {
		AUTO_FREE char *rest = script;

		script = xasprintf("%s='%s'; %s", b->spec->args[i].key,
				   b->spec->args[i].value, rest);
	}
	status = run(context, script, -1, &out);
	b->log->write(b->log->ctx, CIRRUS_STDOUT, out.data, out.len);
	if (status == 0)
		return CIRRUS_OK;
	return cirrus_errorf(b->call, CIRRUS_E_FAILED, NULL,
			     "build: \"%s\" ended with status %d", line,
			     WEXITSTATUS(status));
}

static cirrus_status perform_all(struct building *b)
{
	AUTO_FREE char *path =
		xasprintf("%s/context/%s", b->dir, b->spec->dockerfile);
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);
	AUTO_ERROR struct error *err = NULL;
	AUTO_STRV struct strv lines = {0};
	cirrus_status s = CIRRUS_OK;

	if (file_read(path, &text, &err) < 0)
		return fail_error(b->call, &err);
	strv_split(&lines, text.data, '\n');
	for (size_t i = 0; i < lines.len && s == CIRRUS_OK; i++)
		if (*lines.v[i] && *lines.v[i] != '#')
			s = perform(b, lines.v[i]);
	return s;
}

static int keep(const struct building *b, struct error **err)
{
	AUTO_STRV struct strv record = {0};
	AUTO_FREE char *context = xasprintf("%s/context", b->dir);

	dir_remove(context);
	strv_pushf(&record, "name=%s", b->spec->tags[0]);
	spec_add_labels(&record, b->spec->labels, b->spec->n_labels);
	return spec_save(&record, b->dir, err);
}

cirrus_status image_build(cirrus_conn *c, const struct cirrus_call *call,
			  const struct cirrus_build_spec *in,
			  const struct cirrus_reader *tar,
			  const struct cirrus_writer *log,
			  struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *dir = NULL;
	struct cirrus_build_spec spec;
	struct building b = {.call = call, .spec = &spec, .log = log};
	cirrus_status s = call_begin(call, c);

	CIRRUS_COPY(&spec, in);
	if (s == CIRRUS_OK)
		s = unknown_bits(c, call, spec.flags,
				 CIRRUS_BUILD_PULL | CIRRUS_BUILD_BUILDKIT,
				 spec.required);
	if (s != CIRRUS_OK)
		return s;
	b.dir = dir = image_dir(c, spec.tags[0]);
	if (dir_make(dir, 0700, &err) < 0)
		return fail_error(call, &err);
	if (spec.flags & CIRRUS_BUILD_BUILDKIT)
		log->write(log->ctx, CIRRUS_STDOUT, "By BuildKit\n", 12);
	s = unpack(&b, tar);
	if (s == CIRRUS_OK)
		s = perform_all(&b);
	if (s == CIRRUS_OK && keep(&b, &err) < 0)
		s = fail_error(call, &err);
	if (s != CIRRUS_OK)
		dir_remove(dir);
	snprintf(out->id, sizeof(out->id), "%s", spec.tags[0]);
	return s;
}
