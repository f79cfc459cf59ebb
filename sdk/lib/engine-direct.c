/* SPDX-License-Identifier: MIT */
/* Copying without the engine: where a container's processes are ours, its files
 * are within reach of a helper (tree.h), which takes a fraction of the time that
 * the engines' archive endpoints need. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compat-files.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/strv.h"
#include "sdk/lib/call.h"
#include "sdk/lib/child.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/process.h"
#include "sdk/lib/tree.h"

#define CHUNK (1024u * 1024)

struct direct {
	cirrus_instance *it;
	const struct cirrus_call *call;
	pid_t main; /* the container's */
	pid_t helper;
	int in, out, err; /* the helper's other ends */
};

static void direct_clear(struct direct *d)
{
	fd_close(&d->in);
	fd_close(&d->out);
	fd_close(&d->err);
	child_end(d->helper, false);
}
#define AUTO_DIRECT __attribute__((__cleanup__(direct_clear)))

/* --- starting ------------------------------------------------------------------ */

/* The main process, as the engine says now. */
static bool find_main(struct direct *d, pid_t *pid)
{
	AUTO_ERROR struct error *ignored = NULL;

	return engine_main_pid(d->it, d->call, pid, &ignored) == CIRRUS_OK &&
	       process_is_contained(*pid);
}

static int start(struct direct *d, struct strv *argv, struct error **err)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, said[2] = {-1, -1};

	d->helper = -1;
	if (fd_pipe(in, err) == 0 && fd_pipe(out, err) == 0 &&
	    fd_pipe(said, err) == 0)
		d->helper = child_start(
			&(struct child_spec){
				.argv = (const char *const *)argv->v,
				.in = in[0],
				.out = out[1],
				.err = said[1]},
			err);
	fd_close(&in[0]);
	fd_close(&out[1]);
	fd_close(&said[1]);
	d->in = in[1];
	d->out = out[0];
	d->err = said[0];
	if (d->helper < 0)
		return -1;
	compat_pipe_widen(d->in);
	compat_pipe_widen(d->out);
	return fd_set_nonblock(d->in, true);
}

static cirrus_status give(struct direct *d, const char *data, size_t len);

/* Without it, or where it cannot, the engine is asked.  Once the helper has the
 * container's root in its hands, the engine has to say again whose process that
 * was: a number means another one as soon as the first has ended. */
static bool make_ready(struct direct *d, struct strv *argv,
		       const struct buf *input)
{
	AUTO_ERROR struct error *ignored = NULL;
	pid_t again = 0;
	char byte = 0;

	if (start(d, argv, &ignored) < 0)
		return false;
	if (input) {
		if (give(d, input->data, input->len) != CIRRUS_OK)
			return false;
		fd_close(&d->in);
	}
	if (cirrus_poll(d->call, d->out, POLLIN) != CIRRUS_OK ||
	    fd_read(d->out, &byte, 1) != 1 || byte != TREE_READY)
		return false;
	return find_main(d, &again) && again == d->main;
}

static bool begin(struct direct *d, cirrus_instance *it,
		  const struct cirrus_call *call, const char *verb,
		  const char *dir, struct strv *argv)
{
	*d = (struct direct){
		.it = it, .call = call, .in = -1, .out = -1, .err = -1};
	if (!it->conn->is_ours || !it->conn->helper_argv ||
	    !find_main(d, &d->main))
		return false;
	for (const char *const *a = it->conn->helper_argv; *a; a++)
		strv_push(argv, *a);
	strv_push(argv, verb);
	strv_pushf(argv, "%d", (int)d->main);
	strv_push(argv, dir);
	return true;
}

/* --- ending -------------------------------------------------------------------- */

static cirrus_status over(cirrus_status s, struct error **err)
{
	return fault_set(err, s, "%s", cirrus_status_text(s));
}

static cirrus_status judge(struct direct *d, int status, struct error **err)
{
	static const cirrus_status ends[] = {
		[TREE_INVAL - TREE_OTHERWISE] = CIRRUS_E_INVAL,
		[TREE_NOTSUP - TREE_OTHERWISE] = CIRRUS_E_NOTSUP,
		[TREE_NOSPACE - TREE_OTHERWISE] = CIRRUS_E_NOSPACE,
		[TREE_FAILED - TREE_OTHERWISE] = CIRRUS_E_FAILED};
	AUTO_BUF struct buf said = BUF_INIT(BUF_LINE);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (code == TREE_DONE)
		return CIRRUS_OK;
	if (fd_read_all(d->err, &said) < 0 || !said.len)
		buf_adds(&said, "the helper ended early");
	if (code > TREE_OTHERWISE && code <= TREE_FAILED)
		return fault_set(err, ends[code - TREE_OTHERWISE], "%s",
				 said.data);
	return fault_set(err, CIRRUS_E_FAILED, "%s", said.data);
}

static cirrus_status finish(struct direct *d, struct error **err)
{
	AUTO_ERROR struct error *why = NULL;
	cirrus_status s;
	int status;

	fd_close(&d->in);
	if (child_wait(d->helper, call_cancel_fd(d->call),
		       call_deadline(d->call), &status, &why) < 0) {
		s = fault_status(why);
		error_pass(err, &why, NULL);
		return s;
	}
	d->helper = -1;
	return judge(d, status, err);
}

/* --- out ------------------------------------------------------------------------ */

static cirrus_status pass_on(struct direct *d, const struct cirrus_writer *tar,
			     struct error **err)
{
	AUTO_FREE char *chunk = xmalloc(CHUNK);
	cirrus_status s = CIRRUS_OK;
	ssize_t n;

	while ((s = cirrus_poll(d->call, d->out, POLLIN)) == CIRRUS_OK &&
	       (n = fd_read(d->out, chunk, CHUNK)) > 0)
		if (tar->write(tar->ctx, CIRRUS_STDOUT, chunk, (size_t)n) < 0)
			return over(CIRRUS_E_IO, err);
	return s == CIRRUS_OK ? finish(d, err) : over(s, err);
}

bool direct_copy_out(cirrus_instance *it, const struct cirrus_call *call,
		     const struct cirrus_copy_spec *spec,
		     const struct cirrus_writer *tar, cirrus_status *s,
		     struct error **err)
{
	AUTO_STRV struct strv argv = {0};
	AUTO_BUF struct buf paths = BUF_INIT(BUF_FILE);
	AUTO_DIRECT struct direct d;

	for (const char *const *p = spec->paths; p && *p; p++)
		buf_add(&paths, *p, strlen(*p) + 1);
	if (!begin(&d, it, call, "tree-out", spec->dir, &argv) ||
	    paths.overflow || (spec->paths && !paths.len) ||
	    !make_ready(&d, &argv, &paths))
		return false;
	*s = pass_on(&d, tar, err);
	error_prefix(err, "copy from %s:%s", it->name, spec->dir);
	return true;
}

/* --- in -------------------------------------------------------------------------- */

/* CIRRUS_E_IO: the helper has ended. */
static cirrus_status give(struct direct *d, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(d->in, data, len);
		cirrus_status s = CIRRUS_OK;

		if (n < 0 && errno == EAGAIN)
			s = cirrus_poll(d->call, d->in, POLLOUT);
		else if (n < 0 && errno != EINTR)
			return CIRRUS_E_IO;
		if (s != CIRRUS_OK)
			return s;
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return CIRRUS_OK;
}

static cirrus_status take_over(struct direct *d,
			       const struct cirrus_reader *tar,
			       struct error **err)
{
	AUTO_FREE char *chunk = xmalloc(CHUNK);
	cirrus_status s = CIRRUS_OK;
	int64_t n = 0;

	while (s == CIRRUS_OK && (n = tar->read(tar->ctx, chunk, CHUNK)) > 0)
		s = give(d, chunk, (size_t)n);
	if (n < 0)
		return fault_set(err, (cirrus_status)n,
				 "the archive broke off");
	if (s != CIRRUS_OK && s != CIRRUS_E_IO)
		return over(s, err);
	return finish(d, err);
}

bool direct_copy_in(cirrus_instance *it, const struct cirrus_call *call,
		    const struct cirrus_copy_spec *spec, const char *owner,
		    const struct cirrus_reader *tar, cirrus_status *s,
		    struct error **err)
{
	AUTO_STRV struct strv argv = {0};
	AUTO_DIRECT struct direct d;

	if (!begin(&d, it, call, "tree-in", spec->dir, &argv))
		return false;
	strv_push(&argv, spec->flags & CIRRUS_COPY_MKDIR ? "1" : "0");
	strv_push(&argv, owner);
	if (!make_ready(&d, &argv, NULL))
		return false;
	*s = take_over(&d, tar, err);
	error_prefix(err, "copy to %s:%s", it->name, spec->dir);
	return true;
}
