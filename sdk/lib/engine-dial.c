/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/compat.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/netns.h"
#include "sdk/lib/relay.h"

/* Nobody there is what a host that waits for a service asks about. */
static cirrus_status refused(cirrus_instance *it, unsigned int port,
			     struct error **err)
{
	return fault_set(err, CIRRUS_E_UNAVAIL, "%s: nobody listens on port %u",
			 it->name, port);
}

static cirrus_status join(cirrus_instance *it, const struct cirrus_call *call,
			  pid_t pid, unsigned int port, int *out,
			  struct error **err)
{
	AUTO_ERROR struct error *why = NULL;
	struct netns_spec spec = {.kind = NETNS_CONNECT,
				  .pid = pid,
				  .port = (uint16_t)port,
				  .cancel_fd = call_cancel_fd(call),
				  .deadline_ns = call_deadline(call)};
	cirrus_status s;

	*out = netns_socket(&spec, &why);
	if (*out >= 0)
		return CIRRUS_OK;
	if (why->code == ERR_NOTFOUND)
		return refused(it, port, err);
	s = fault_status(why);
	error_pass(err, &why, "%s", it->name);
	return s;
}

/* Without the right to join its network: by its address on Docker's bridge,
 * which this machine reaches, for services that listen on more than loopback. */
static cirrus_status reach(cirrus_instance *it, const struct cirrus_call *call,
			   const char *address, unsigned int port, int *out,
			   struct error **err)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)port)};
	AUTO_CLOSE int fd = compat_socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(errno);
	int failure = 0;
	cirrus_status s;

	if (inet_pton(AF_INET, address, &a.sin_addr) != 1)
		return fault_set(err, CIRRUS_E_NOTSUP,
				 "%s has no address that can be reached",
				 it->name);
	fd_set_nonblock(fd, true);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 &&
	    errno != EINPROGRESS)
		return refused(it, port, err);
	s = cirrus_poll(call, fd, POLLOUT);
	if (s < 0)
		return fault_set(err, s, "%s, port %u: %s", it->name, port,
				 cirrus_status_text(s));
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
	if (failure)
		return refused(it, port, err);
	fd_set_nonblock(fd, false);
	*out = STEAL_FD(fd);
	return CIRRUS_OK;
}

static cirrus_status connect_inside(cirrus_instance *it,
				    const struct cirrus_call *call,
				    unsigned int port, int *out,
				    struct error **err)
{
	AUTO_CJ cJSON *o = NULL;
	pid_t pid = 0;
	cirrus_status s;

	if (it->conn->is_ours) {
		s = engine_main_pid(it, call, &pid, err);
		return s < 0 ? s : join(it, call, pid, port, out, err);
	}
	s = engine_inspect(it, call, &o, err);
	if (s == CIRRUS_OK && !cj_bool(o, "State.Running"))
		s = engine_not_running(it, err);
	if (s < 0)
		return s;
	return reach(it, call, cj_str(o, "NetworkSettings.IPAddress"), port,
		     out, err);
}

static cirrus_status dial(cirrus_instance *it, const struct cirrus_call *call,
			  const struct cirrus_dial_spec *spec,
			  struct error **err)
{
	AUTO_CLOSE int inside = -1;
	enum relay_end end;
	cirrus_status s = connect_inside(it, call, spec->port, &inside, err);

	if (s < 0 || spec->fd <= 2)
		return s;
	end = relay_run(spec->fd, inside, call_cancel_fd(call),
			call_deadline(call));
	if (end == RELAY_DONE)
		return CIRRUS_OK;
	s = end == RELAY_CANCELLED ? CIRRUS_E_CANCELLED : CIRRUS_E_TIMEOUT;
	return fault_set(err, s, "%s, port %u: %s", it->name, spec->port,
			 cirrus_status_text(s));
}

cirrus_status cirrus_engine_instance_dial(cirrus_instance *it,
					  const struct cirrus_call *call,
					  const struct cirrus_dial_spec *given)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_dial_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = call_check(call, "dial", spec.flags, 0, spec.required);
	if (s == CIRRUS_OK && (spec.port == 0 || spec.port > 65535))
		s = cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				  "dial: %u is no port", spec.port);
	if (s < 0)
		return s;
	return fault_report_as(call, dial(it, call, &spec, &err), &err);
}
