/* SPDX-License-Identifier: MIT */
/* Copying without the engine: where a container's processes are ours, its files
 * are within reach of a helper (tree.h), which takes a fraction of the time that
 * the engines' archive endpoints need. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
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

struct direct_helper {
	pid_t pid;
	int in, out, err; /* our ends */
};
#define HELPER_INIT            \
	{                      \
		-1, -1, -1, -1 \
	}

struct direct {
	cirrus_instance *it;
	const struct cirrus_call *call;
	pid_t main; /* the container's */
	struct direct_helper h;
};

static void helper_clear(struct direct_helper *h)
{
	fd_close(&h->in);
	fd_close(&h->out);
	fd_close(&h->err);
	child_end(h->pid, false);
}

static void direct_clear(struct direct *d)
{
	helper_clear(&d->h);
}
#define AUTO_DIRECT __attribute__((__cleanup__(direct_clear)))

/* --- starting ------------------------------------------------------------------ */

static bool can(const cirrus_conn *c)
{
	return c->is_ours && c->helper_argv;
}

static int start(const cirrus_conn *c, struct direct_helper *h,
		 struct error **err)
{
	AUTO_STRV struct strv argv = {0};
	int in[2] = {-1, -1}, out[2] = {-1, -1}, said[2] = {-1, -1};

	for (const char *const *a = c->helper_argv; *a; a++)
		strv_push(&argv, *a);
	strv_push(&argv, "tree");
	if (fd_pipe(in, err) == 0 && fd_pipe(out, err) == 0 &&
	    fd_pipe(said, err) == 0)
		h->pid = child_start(
			&(struct child_spec){
				.argv = (const char *const *)argv.v,
				.in = in[0],
				.out = out[1],
				.err = said[1]},
			err);
	fd_close(&in[0]);
	fd_close(&out[1]);
	fd_close(&said[1]);
	h->in = in[1];
	h->out = out[0];
	h->err = said[0];
	if (h->pid < 0)
		return -1;
	compat_pipe_widen(h->in);
	compat_pipe_widen(h->out);
	return fd_set_nonblock(h->in, true);
}

void direct_warm(cirrus_instance *it)
{
	AUTO_ERROR struct error *ignored = NULL;
	struct direct_helper *h;

	if (!can(it->conn))
		return;
	direct_cool(it);
	h = xmalloc(sizeof(*h));
	*h = (struct direct_helper)HELPER_INIT;
	/* Where it did not start now, a later one says why. */
	(void)!start(it->conn, h, &ignored);
	it->warm = h;
}

void direct_cool(cirrus_instance *it)
{
	struct direct_helper *h = atomic_exchange(&it->warm, NULL);

	if (h)
		helper_clear(h);
	free(h);
}

static int take_helper(struct direct *d, struct error **err)
{
	struct direct_helper *warm = atomic_exchange(&d->it->warm, NULL);

	if (warm)
		d->h = *warm;
	free(warm);
	return d->h.pid > 0 ? 0 : start(d->it->conn, &d->h, err);
}

static cirrus_status give(struct direct *d, const char *data, size_t len);

/* The main process; the same as long as it lives. */
static bool find_main(const struct direct *d, pid_t *pid)
{
	AUTO_ERROR struct error *ignored = NULL;

	return engine_main_pid(d->it, d->call, pid, &ignored) == CIRRUS_OK &&
	       process_is_contained(*pid);
}

/* Without it, or where it cannot, the engine is asked.  Once the helper has the
 * container's root in its hands, that process must still be there: a number means
 * another one as soon as the first has ended.  whole: no archive follows. */
static bool make_ready(struct direct *d, const struct buf *request, bool whole)
{
	pid_t again = 0;
	char byte = 0;

	if (request->overflow ||
	    give(d, request->data, request->len) != CIRRUS_OK)
		return false;
	if (whole)
		fd_close(&d->h.in);
	if (cirrus_poll(d->call, d->h.out, POLLIN) != CIRRUS_OK ||
	    fd_read(d->h.out, &byte, 1) != 1 || byte != TREE_READY)
		return false;
	return find_main(d, &again) && again == d->main;
}

static bool begin(struct direct *d, cirrus_instance *it,
		  const struct cirrus_call *call)
{
	AUTO_ERROR struct error *ignored = NULL;

	*d = (struct direct){.it = it, .call = call, .h = HELPER_INIT};
	return can(it->conn) && find_main(d, &d->main) &&
	       take_helper(d, &ignored) == 0;
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
	if (fd_read_all(d->h.err, &said) < 0 || !said.len)
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

	fd_close(&d->h.in);
	if (child_wait(d->h.pid, call_cancel_fd(d->call),
		       call_deadline(d->call), &status, &why) < 0) {
		s = fault_status(why);
		error_pass(err, &why, NULL);
		return s;
	}
	d->h.pid = -1;
	return judge(d, status, err);
}

/* --- out ------------------------------------------------------------------------ */

static cirrus_status pass_on(struct direct *d, const struct cirrus_writer *tar,
			     struct error **err)
{
	AUTO_FREE char *chunk = xmalloc(CHUNK);
	cirrus_status s = CIRRUS_OK;
	ssize_t n;

	while ((s = cirrus_poll(d->call, d->h.out, POLLIN)) == CIRRUS_OK &&
	       (n = fd_read(d->h.out, chunk, CHUNK)) > 0)
		if (tar->write(tar->ctx, CIRRUS_STDOUT, chunk, (size_t)n) < 0)
			return over(CIRRUS_E_IO, err);
	return s == CIRRUS_OK ? finish(d, err) : over(s, err);
}

bool direct_copy_out(cirrus_instance *it, const struct cirrus_call *call,
		     const struct cirrus_copy_spec *spec,
		     const struct cirrus_writer *tar, cirrus_status *s,
		     struct error **err)
{
	AUTO_BUF struct buf request = BUF_INIT(BUF_FILE);
	AUTO_DIRECT struct direct d;
	char pid[16];
	const char *const words[] = {"out", pid, spec->dir, NULL};

	if (!begin(&d, it, call) || (spec->paths && !*spec->paths))
		return false;
	snprintf(pid, sizeof(pid), "%d", (int)d.main);
	tree_request(&request, words);
	for (const char *const *p = spec->paths; p && *p; p++)
		buf_add(&request, *p, strlen(*p) + 1);
	if (!make_ready(&d, &request, true))
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
		ssize_t n = write(d->h.in, data, len);
		cirrus_status s = CIRRUS_OK;

		if (n < 0 && errno == EAGAIN)
			s = cirrus_poll(d->call, d->h.in, POLLOUT);
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
	AUTO_BUF struct buf request = BUF_INIT(BUF_FILE);
	AUTO_DIRECT struct direct d;
	char pid[16];
	const char *const words[] = {
		"in",      pid,
		spec->dir, spec->flags & CIRRUS_COPY_MKDIR ? "1" : "0",
		owner,     NULL};

	if (!begin(&d, it, call))
		return false;
	snprintf(pid, sizeof(pid), "%d", (int)d.main);
	tree_request(&request, words);
	if (!make_ready(&d, &request, false))
		return false;
	*s = take_over(&d, tar, err);
	error_prefix(err, "copy to %s:%s", it->name, spec->dir);
	return true;
}
