/* SPDX-License-Identifier: MIT */
/* A session through an exec: for background scripts, and for engines that do
 * not attach to the main process. */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/place.h"

struct line {
	struct place *place;
	struct session *session;
	pthread_t thread;
	char *own;
	int in, out; /* the far ends: the exec borrows them to its end */
	int stop[2];
};

static void *line_main(void *arg)
{
	struct line *l = arg;
	const char *const argv[] = {"/bin/sh",  PLACE_BASE "/driver",
				    PLACE_BASE, l->place->working_dir,
				    l->own,     NULL};
	struct cirrus_exec_spec spec = {.struct_size = sizeof(spec),
					.argv = argv,
					.stdin_fd = l->in,
					.stdout_fd = l->out,
					.stderr_fd = l->out};
	struct call_options o = {.cancel_fd = l->stop[0],
				 .scope = l->place->scope};
	struct cirrus_exit end = {.struct_size = sizeof(end)};

	/* how it ended shows in the session: the stream has an end */
	(void)member_exec(l->place->member, &o, &spec, &end, NULL);
	fd_close(&l->in);
	fd_close(&l->out);
	return NULL;
}

static void line_free(struct line *l)
{
	session_free(l->session);
	fd_close(&l->in);
	fd_close(&l->out);
	fd_close(&l->stop[0]);
	fd_close(&l->stop[1]);
	free(l->own);
	free(l);
}

static int line_start(struct line *l, struct error **err)
{
	int r;

	if (session_new(l->place->scope->run->pump, &l->session, err) < 0 ||
	    fd_pipe(l->stop, err) < 0)
		return -1;
	l->in = fd_dup(session_stdin(l->session), err);
	l->out = fd_dup(session_stdout(l->session), err);
	if (l->in < 0 || l->out < 0)
		return -1;
	r = pthread_create(&l->thread, NULL, line_main, l);
	if (r != 0)
		return error_errno(err, r, "cannot start a thread");
	session_begin(l->session);
	return 0;
}

int line_open(struct place *p, const char *own, struct line **out,
	      struct error **err)
{
	struct line *l = xcalloc(1, sizeof(*l));

	l->place = p;
	l->own = xstrdup(own);
	l->in = l->out = l->stop[0] = l->stop[1] = -1;
	if (line_start(l, err) < 0) {
		line_free(l);
		return -1;
	}
	*out = l;
	return 0;
}

struct session *line_session(struct line *l)
{
	return l->session;
}

void line_close(struct line *l)
{
	if (!l)
		return;
	fd_close(&l->stop[1]);
	pthread_join(l->thread, NULL);
	line_free(l);
}
