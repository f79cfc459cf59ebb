/* SPDX-License-Identifier: MIT */
/* Waiting until additional containers are ready: every port and every readiness
 * command at the same time, each on a thread of its own. */
#include "config.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "run/sidecar.h"

#define FIRST_PAUSE_MS 20
#define LAST_PAUSE_MS  500
#define DIAL_MS        (10 * 1000)

/* One thing to wait for. */
struct await {
	struct waiting *all;
	const struct sidecar *of;
	uint32_t port; /* 0: the readiness command */
	pthread_t thread;
	struct error *err; /* why it is not ready */
};

struct waiting {
	struct sidecars *sidecars;
	struct member *main;
	struct await *v;
	size_t len;
	int64_t deadline_ns, limit_ns;
	int done[2]; /* a byte for each that is over: 1 ready, 0 not */
	int halt[2]; /* halt[1] closed: the others may stop */
};

/* --- one of them --------------------------------------------------------------- */

static struct call_options options(const struct await *w, int64_t ms)
{
	int64_t until = clock_after_ms(ms);

	if (until > w->all->deadline_ns)
		until = w->all->deadline_ns;
	return (struct call_options){.cancel_fd = w->all->halt[0],
				     .deadline_ns = until,
				     .scope = w->all->sidecars->scope};
}

/* The container's own network is the main one's; where the backend reaches only
 * that, through that. */
static cirrus_status dial(struct await *w, struct error **err)
{
	struct call_options o = options(w, DIAL_MS);
	struct cirrus_dial_spec spec = {.struct_size = sizeof(spec),
					.port = w->port};
	cirrus_status s = member_dial(w->of->member, &o, &spec, err);

	if (s != CIRRUS_E_NOTSUP)
		return s;
	error_free_ptr(err);
	return member_dial(w->all->main, &o, &spec, err);
}

/* Several words are a command; one is a line for the shell. */
static cirrus_status ask(struct await *w, struct error **err)
{
	const char *const *given = w->of->c->readiness_command;
	const char *const shell[] = {"/bin/sh", "-c", given[0], NULL};
	struct call_options o = options(w, w->all->limit_ns / NS_PER_MS);
	struct cirrus_exec_spec spec = {.struct_size = sizeof(spec),
					.argv = given[1] ? given : shell};
	struct cirrus_exit end = {.struct_size = sizeof(end)};
	cirrus_status s = member_exec(w->of->member, &o, &spec, &end, err);

	if (s != CIRRUS_OK)
		return s;
	if (end.code == 0)
		return CIRRUS_OK;
	error_set(err, ERR_BACKEND, "it ended with status %d", end.code);
	return CIRRUS_E_UNAVAIL;
}

static cirrus_status try_once(struct await *w, struct error **err)
{
	return w->port ? dial(w, err) : ask(w, err);
}

/* Not yet, as against never.  A container that is just going breaks whatever is
 * asked of it; its watcher will say so. */
static bool worth_another(const struct await *w, cirrus_status s)
{
	return clock_now() < w->all->deadline_ns && s != CIRRUS_E_NOTSUP &&
	       s != CIRRUS_E_INVAL && s != CIRRUS_E_CANCELLED;
}

static void name_it(const struct await *w, struct error **err)
{
	if (w->port)
		error_prefix(err, "additional container \"%s\", port %u",
			     w->of->c->name, w->port);
	else
		error_prefix(err,
			     "additional container \"%s\", readiness_command",
			     w->of->c->name);
}

static void explain(struct await *w, struct error **cause)
{
	char limit[CLOCK_TEXT];

	if (atomic_load(&w->of->ended)) {
		AUTO_FREE char *ending = sidecar_ending(w->of);

		error_set(&w->err, ERR_LOST,
			  "the container ended with %s before it was ready",
			  ending);
	} else if (clock_now() < w->all->deadline_ns) {
		error_pass(&w->err, cause, "cannot wait for it");
	} else {
		clock_format(w->all->limit_ns, limit);
		error_set(&w->err, ERR_BACKEND, "%s after %s%s%s",
			  w->port ? "nobody listens" : "it has not succeeded",
			  limit, w->port ? "" : ": ",
			  w->port ? "" : (*cause)->msg);
		error_hint(&w->err, "--ready-timeout=DURATION waits longer");
	}
	name_it(w, &w->err);
}

static void *await_main(void *arg)
{
	struct await *w = arg;
	int pause_ms = FIRST_PAUSE_MS;
	char ready = 0;
	ssize_t n UNUSED;

	for (;;) {
		AUTO_ERROR struct error *cause = NULL;
		cirrus_status s = try_once(w, &cause);

		ready = s == CIRRUS_OK;
		if (ready)
			break;
		if (atomic_load(&w->of->ended) || !worth_another(w, s)) {
			explain(w, &cause);
			break;
		}
		if (fd_wait(w->all->halt[0], POLLIN, -1,
			    clock_after_ms(pause_ms)) != FD_TIMEOUT)
			break;
		pause_ms = pause_ms * 2 < LAST_PAUSE_MS ? pause_ms * 2
							: LAST_PAUSE_MS;
	}
	n = write(w->all->done[1], &ready, 1);
	return NULL;
}

/* --- all of them ----------------------------------------------------------------- */

static void add(struct waiting *all, const struct sidecar *of, uint32_t port)
{
	all->v[all->len++] = (struct await){.all = all, .of = of, .port = port};
}

static void collect(struct waiting *all)
{
	const struct sidecars *s = all->sidecars;
	bool dials = conn_can(s->scope->run->conn, CIRRUS_CAP_DIAL);
	size_t n = 0;

	for (size_t i = 0; i < s->len; i++)
		n += s->v[i].c->n_ports + 1;
	all->v = xcalloc(n + 1, sizeof(*all->v));
	for (size_t i = 0; i < s->len; i++) {
		const struct additional_container *c = s->v[i].c;

		if (*c->readiness_command)
			add(all, &s->v[i], 0);
		for (size_t k = 0; dials && k < c->n_ports; k++)
			add(all, &s->v[i], c->ports[k].container_port);
		if (!dials && c->n_ports > 0)
			tell_message(&s->scope->run->teller, s->scope->task,
				     s->scope->step, LEVEL_WARNING, NULL,
				     "backend %s cannot wait for the ports of "
				     "additional container \"%s\"",
				     conn_name(s->scope->run->conn), c->name);
	}
}

static size_t begin(struct waiting *all)
{
	size_t n = 0;

	while (n < all->len && pthread_create(&all->v[n].thread, NULL,
					      await_main, &all->v[n]) == 0)
		n++;
	return n;
}

/* Until `left` bytes have come, or one of them says no, or somebody cancels;
 * then the others need not go on. */
static bool gather(struct waiting *all, size_t left)
{
	int cancel_fd = all->sidecars->scope->run->o->cancel_fd;

	while (left > 0) {
		char ready = 0;

		if (fd_wait(all->done[0], POLLIN,
			    cancel_fd > 2 ? cancel_fd : -1, 0) == FD_CANCELLED)
			return false;
		if (fd_read(all->done[0], &ready, 1) != 1 || !ready)
			break;
		left--;
	}
	return true;
}

static int run_all(struct waiting *all, struct error **err)
{
	size_t n = begin(all);
	bool undisturbed = gather(all, n);
	int r = 0;

	fd_close(&all->halt[1]);
	for (size_t i = 0; i < n; i++)
		pthread_join(all->v[i].thread, NULL);
	if (n < all->len)
		r = error_set(err, ERR_SYSTEM, "cannot start a thread");
	if (!undisturbed && r == 0)
		r = error_set(err, ERR_CANCELLED, "interrupted");
	for (size_t i = 0; i < n; i++) {
		if (all->v[i].err && r == 0) {
			*err = STEAL_PTR(all->v[i].err);
			r = -1;
		}
		error_free(all->v[i].err);
	}
	return r;
}

int sidecars_await(struct sidecars *s, struct member *main, struct error **err)
{
	struct waiting all = {.sidecars = s,
			      .main = main,
			      .limit_ns = s->scope->run->o->ready_ns,
			      .done = {-1, -1},
			      .halt = {-1, -1}};
	int r = 0;

	all.deadline_ns = clock_now() + all.limit_ns;
	collect(&all);
	if (all.len > 0) {
		r = -1;
		if (fd_pipe(all.done, err) == 0 && fd_pipe(all.halt, err) == 0)
			r = run_all(&all, err);
	}
	for (int i = 0; i < 2; i++) {
		fd_close(&all.done[i]);
		fd_close(&all.halt[i]);
	}
	free(all.v);
	return r;
}
