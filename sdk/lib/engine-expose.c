/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/strv.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/netns.h"
#include "sdk/lib/relay.h"

/* A socket of the host that processes inside reach: one thread that accepts,
 * and one for each connection.  `quit` is a pipe whose writing end we close to
 * end them all. */
struct exposure {
	struct exposure *next;
	struct sockaddr_storage target;
	socklen_t target_len;
	int listener, quit[2];
	pthread_t thread;

	pthread_mutex_t lock; /* of running */
	pthread_cond_t ended;
	size_t running; /* connections */
};

/* --- connections ---------------------------------------------------------------- */

struct visit {
	struct exposure *exposure;
	int inside;
};

static void visit_end(struct visit *v)
{
	struct exposure *x = v->exposure;

	close(v->inside);
	free(v);
	pthread_mutex_lock(&x->lock);
	x->running--;
	pthread_cond_signal(&x->ended);
	pthread_mutex_unlock(&x->lock);
}

static void *serve(void *arg)
{
	struct visit *v = arg;
	struct exposure *x = v->exposure;
	AUTO_CLOSE int fd = compat_socket(x->target.ss_family, SOCK_STREAM, 0);

	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&x->target, x->target_len) == 0)
		relay_run(v->inside, fd, x->quit[0], 0);
	visit_end(v);
	return NULL;
}

static void welcome(struct exposure *x, int inside)
{
	struct visit *v = xmalloc(sizeof(*v));
	pthread_attr_t attr;
	pthread_t thread;

	*v = (struct visit){x, inside};
	pthread_mutex_lock(&x->lock);
	x->running++;
	pthread_mutex_unlock(&x->lock);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, serve, v))
		visit_end(v);
	pthread_attr_destroy(&attr);
}

static void *listen_inside(void *arg)
{
	struct exposure *x = arg;

	while (fd_wait(x->listener, POLLIN, x->quit[0], 0) == FD_READY) {
		int inside = compat_accept(x->listener);

		if (inside >= 0)
			welcome(x, inside);
	}
	return NULL;
}

/* --- beginning and end ------------------------------------------------------------- */

static struct exposure *exposure_new(void)
{
	struct exposure *x = xcalloc(1, sizeof(*x));

	x->listener = x->quit[0] = x->quit[1] = -1;
	pthread_mutex_init(&x->lock, NULL);
	pthread_cond_init(&x->ended, NULL);
	return x;
}

static void exposure_free(struct exposure *x)
{
	fd_close(&x->listener);
	fd_close(&x->quit[0]);
	fd_close(&x->quit[1]);
	pthread_cond_destroy(&x->ended);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

void exposure_end(struct exposure *list)
{
	while (list) {
		struct exposure *x = list;

		list = x->next;
		fd_close(&x->quit[1]);
		pthread_join(x->thread, NULL);
		pthread_mutex_lock(&x->lock);
		while (x->running)
			pthread_cond_wait(&x->ended, &x->lock);
		pthread_mutex_unlock(&x->lock);
		exposure_free(x);
	}
}

/* --- what is asked for --------------------------------------------------------------- */

static int parse_unix(struct exposure *x, const char *path)
{
	struct sockaddr_un *a = (struct sockaddr_un *)&x->target;

	if (strlen(path) >= sizeof(a->sun_path))
		return -1;
	a->sun_family = AF_UNIX;
	memcpy(a->sun_path, path, strlen(path) + 1);
	x->target_len = sizeof(*a);
	return 0;
}

/* An address, not a name: there is nothing to look up. */
static int parse_tcp(struct exposure *x, const char *text)
{
	const struct addrinfo hints = {.ai_flags =
					       AI_NUMERICHOST | AI_NUMERICSERV,
				       .ai_socktype = SOCK_STREAM};
	const char *colon = strrchr(text, ':');
	AUTO_FREE char *host =
		xstrndup(text, colon ? (size_t)(colon - text) : 0);
	struct addrinfo *found;

	if (!colon || getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return -1;
	memcpy(&x->target, found->ai_addr, found->ai_addrlen);
	x->target_len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int parse_target(struct exposure *x, const char *target)
{
	if (target && str_starts(target, "unix:"))
		return parse_unix(x, target + 5);
	if (target && str_starts(target, "tcp:"))
		return parse_tcp(x, target + 4);
	return -1;
}

static cirrus_status listen_in(struct exposure *x, cirrus_instance *it,
			       const struct cirrus_call *call,
			       const struct cirrus_expose_spec *spec,
			       struct error **err)
{
	struct netns_spec n = {.kind = NETNS_LISTEN,
			       .port = (uint16_t)spec->port,
			       .cancel_fd = call_cancel_fd(call),
			       .deadline_ns = call_deadline(call)};
	AUTO_ERROR struct error *why = NULL;
	cirrus_status s = engine_main_pid(it, call, &n.pid, err);

	if (s < 0)
		return s;
	x->listener = netns_socket(&n, &why);
	if (x->listener >= 0)
		return CIRRUS_OK;
	s = fault_status(why);
	error_pass(err, &why, "expose in %s", it->name);
	return s;
}

static cirrus_status open_exposure(struct exposure *x, cirrus_instance *it,
				   const struct cirrus_call *call,
				   const struct cirrus_expose_spec *spec,
				   struct error **err)
{
	cirrus_status s;

	if (!it->conn->is_ours)
		return fault_set(err, CIRRUS_E_NOTSUP,
				 "the network of %s cannot be joined",
				 it->name);
	if (parse_target(x, spec->target) < 0 || spec->port > 65535)
		return fault_set(err, CIRRUS_E_INVAL,
				 "expose: \"%s\" is no address",
				 spec->target ? spec->target : "");
	s = listen_in(x, it, call, spec, err);
	if (s == CIRRUS_OK && fd_pipe(x->quit, err) < 0)
		s = CIRRUS_E_FAILED;
	return s;
}

static void launch(struct exposure *x, cirrus_instance *it,
		   struct cirrus_expose_info *out)
{
	struct sockaddr_in a = {0};
	socklen_t len = sizeof(a);

	getsockname(x->listener, (struct sockaddr *)&a, &len);
	out->struct_size = sizeof(*out);
	snprintf(out->address, sizeof(out->address), "127.0.0.1:%u",
		 ntohs(a.sin_port));
	if (pthread_create(&x->thread, NULL, listen_inside, x))
		abort(); /* out of memory, as in base/mem.h */
	pthread_mutex_lock(&it->exposed_lock);
	x->next = it->exposed;
	it->exposed = x;
	pthread_mutex_unlock(&it->exposed_lock);
}

cirrus_status cirrus_engine_instance_expose(
	cirrus_instance *it, const struct cirrus_call *call,
	const struct cirrus_expose_spec *given, struct cirrus_expose_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_expose_spec spec;
	struct exposure *x;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = call_check(call, "expose", spec.flags, 0, spec.required);
	if (s < 0)
		return s;
	x = exposure_new();
	s = open_exposure(x, it, call, &spec, &err);
	if (s < 0) {
		exposure_free(x);
		return fault_report_as(call, s, &err);
	}
	launch(x, it, out);
	return CIRRUS_OK;
}
