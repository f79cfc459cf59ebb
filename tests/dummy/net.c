/* SPDX-License-Identifier: MIT */
/* Instances share the machine's network, so dialling is connecting, and what is
 * exposed on 127.0.0.1 is there already. */
#include "config.h"

#include "dummy.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/compat.h"
#include "base/fd.h"

/* One direction. */
struct lane {
	int from, to;
	char data[16384];
	size_t len, sent;
	bool over;
};

/* Moves what can be moved without waiting: false where it broke. */
static bool lane_move(struct lane *l)
{
	ssize_t n;

	if (l->len == 0) {
		n = recv(l->from, l->data, sizeof(l->data), MSG_DONTWAIT);
		if (n == 0) {
			shutdown(l->to, SHUT_WR);
			l->over = true;
		}
		l->len = n > 0 ? (size_t)n : 0;
		l->sent = 0;
		return n >= 0 || errno == EAGAIN;
	}
	n = send(l->to, l->data + l->sent, l->len - l->sent,
		 MSG_DONTWAIT | MSG_NOSIGNAL);
	l->sent += n > 0 ? (size_t)n : 0;
	if (l->sent == l->len)
		l->len = 0;
	return n >= 0 || errno == EAGAIN;
}

static struct pollfd lane_poll(const struct lane *l)
{
	if (l->over)
		return (struct pollfd){.fd = -1};
	return l->len ? (struct pollfd){.fd = l->to, .events = POLLOUT}
		      : (struct pollfd){.fd = l->from, .events = POLLIN};
}

/* Until both directions are over. */
static cirrus_status relay(const struct cirrus_call *call, int a, int b)
{
	AUTO_FREE struct lane *there = xcalloc(1, sizeof(*there));
	AUTO_FREE struct lane *back = xcalloc(1, sizeof(*back));

	there->from = back->to = a;
	there->to = back->from = b;
	while (!there->over || !back->over) {
		struct pollfd p[] = {
			lane_poll(there),
			lane_poll(back),
			{.fd = call->cancel_fd > 2 ? call->cancel_fd : -1,
			 .events = POLLIN}};
		int n = poll(p, 3, cirrus_remaining_ms(call));

		if (n == 0 || (n > 0 && p[2].revents))
			return call_broken(call, "dial");
		if ((p[0].revents && !lane_move(there)) ||
		    (p[1].revents && !lane_move(back)))
			return cirrus_errorf(call, CIRRUS_E_IO, NULL,
					     "dial: the connection broke: %s",
					     strerror(errno));
	}
	return CIRRUS_OK;
}

static cirrus_status private_network(const cirrus_instance *it,
				     const struct cirrus_call *call)
{
	if (!spec_get(&it->spec, "no_net"))
		return CIRRUS_OK;
	return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL, "%s has no network",
			     it->id);
}

cirrus_status instance_dial(cirrus_instance *it, const struct cirrus_call *call,
			    const struct cirrus_dial_spec *in)
{
	struct cirrus_dial_spec spec;
	struct sockaddr_in sin = {.sin_family = AF_INET};
	AUTO_CLOSE int fd = -1;
	cirrus_status s = call_begin(call, it->conn);

	CIRRUS_COPY(&spec, in);
	if (s == CIRRUS_OK)
		s = unknown_bits(it->conn, call, spec.flags, 0, spec.required);
	if (s == CIRRUS_OK)
		s = private_network(it, call);
	if (s != CIRRUS_OK)
		return s;
	sin.sin_port = htons((uint16_t)spec.port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = compat_socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (void *)&sin, sizeof(sin)) < 0)
		return cirrus_errorf(call, CIRRUS_E_UNAVAIL, NULL,
				     "nobody listens on port %u in %s",
				     (unsigned)spec.port, it->id);
	return spec.fd > 2 ? relay(call, spec.fd, fd) : CIRRUS_OK;
}

cirrus_status instance_expose(cirrus_instance *it,
			      const struct cirrus_call *call,
			      const struct cirrus_expose_spec *in,
			      struct cirrus_expose_info *out)
{
	struct cirrus_expose_spec spec;
	const char *address;
	cirrus_status s = call_begin(call, it->conn);

	CIRRUS_COPY(&spec, in);
	if (s == CIRRUS_OK)
		s = unknown_bits(it->conn, call, spec.flags, 0, spec.required);
	if (s == CIRRUS_OK)
		s = private_network(it, call);
	if (s != CIRRUS_OK)
		return s;
	if (!str_starts(spec.target, "tcp:127.0.0.1:"))
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "%s is not on tcp:127.0.0.1", spec.target);
	address = spec.target + strlen("tcp:");
	if (spec.port &&
	    spec.port != strtoul(strchr(address, ':') + 1, NULL, 10))
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "%s keeps its own port", spec.target);
	snprintf(out->address, sizeof(out->address), "%s", address);
	return CIRRUS_OK;
}
