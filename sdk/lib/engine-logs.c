/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/fd.h"
#include "sdk/lib/call.h"
#include "sdk/lib/demux.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"

/* --- logs ----------------------------------------------------------------------- */

struct log_stream {
	struct demux demux;
	const struct cirrus_writer *writer;
	/* By stream: what was handed on, and what is there but was already. */
	uint64_t written[2], skip[2];
};

static cirrus_status hand_on(struct log_stream *l, struct demux_piece *p)
{
	int i = p->stream == CIRRUS_STDERR;
	size_t skip = p->len < l->skip[i] ? p->len : (size_t)l->skip[i];

	l->skip[i] -= skip;
	l->written[i] += p->len - skip;
	if (skip == p->len)
		return CIRRUS_OK;
	return l->writer->write(l->writer->ctx, p->stream, p->data + skip,
				p->len - skip);
}

static cirrus_status take(void *ctx, const char *data, size_t len)
{
	struct log_stream *l = ctx;
	cirrus_status s = CIRRUS_OK;

	while (len > 0 && s == CIRRUS_OK) {
		struct demux_piece p;
		size_t used = demux_next(&l->demux, data, len, &p);

		if (l->demux.garbled)
			return CIRRUS_E_IO;
		if (p.len && p.stream != DEMUX_ENGINE)
			s = hand_on(l, &p);
		data += used;
		len -= used;
	}
	return s;
}

static cirrus_status read_logs(cirrus_instance *it,
			       const struct cirrus_call *call, bool follow,
			       struct log_stream *stream, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	cirrus_status s;

	engine_path(it->conn, &path,
		    "/containers/%s/logs?stdout=1&stderr=1&follow=%d", it->id,
		    follow);
	s = engine_request(it->conn, call,
			   &(struct http_request){.method = "GET",
						  .path = path.data,
						  .take = take,
						  .ctx = stream},
			   &reply, it->name, err);
	if (s == CIRRUS_OK && !demux_at_boundary(&stream->demux))
		return fault_set(err, CIRRUS_E_LOST, "%s: its log broke off",
				 it->name);
	return s;
}

/* Docker often ends before it has told the last line, if that line has no end;
 * once it was told that the container is gone, it knows it. */
static cirrus_status logs(cirrus_instance *it, const struct cirrus_call *call,
			  bool follow, const struct cirrus_writer *writer,
			  struct error **err)
{
	struct log_stream stream = {.writer = writer};
	cirrus_status s = read_logs(it, call, follow, &stream, err);

	if (s < 0 || !follow || it->conn->facts.is_podman)
		return s;
	for (int i = 0; i < 2; i++)
		stream.skip[i] = stream.written[i];
	return read_logs(it, call, false, &stream, err);
}

cirrus_status cirrus_engine_instance_logs(cirrus_instance *it,
					  const struct cirrus_call *call,
					  const struct cirrus_logs_spec *given,
					  const struct cirrus_writer *writer)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_logs_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = call_check(call, "logs", spec.flags, CIRRUS_LOGS_NO_FOLLOW,
		       spec.required);
	if (s < 0)
		return s;
	return fault_report_as(call,
			       logs(it, call,
				    !(spec.flags & CIRRUS_LOGS_NO_FOLLOW),
				    writer, &err),
			       &err);
}

/* --- usage ---------------------------------------------------------------------- */

static void add_networks(const cJSON *o, struct cirrus_usage *out)
{
	const cJSON *net;

	cJSON_ArrayForEach(net, cj_at(o, "networks"))
	{
		out->net_in_bytes += cj_int(net, "rx_bytes");
		out->net_out_bytes += cj_int(net, "tx_bytes");
	}
}

static void add_disks(const cJSON *o, struct cirrus_usage *out)
{
	const cJSON *e;

	cJSON_ArrayForEach(e,
			   cj_at(o, "blkio_stats.io_service_bytes_recursive"))
	{
		const char *op = cj_str(e, "op");

		if (strcasecmp(op, "read") == 0)
			out->io_read_bytes += cj_int(e, "value");
		else if (strcasecmp(op, "write") == 0)
			out->io_write_bytes += cj_int(e, "value");
	}
}

/* Podman answers with nothing where it missed one of the files that it reads, as
 * while the container starts. */
#define USAGE_TRIES    5
#define USAGE_PAUSE_MS 50

static cirrus_status get_usage(cirrus_instance *it,
			       const struct cirrus_call *call, const char *path,
			       cJSON **out, struct error **err)
{
	for (int tries = 1;; tries++) {
		AUTO_ERROR struct error *why = NULL;
		cirrus_status s =
			engine_get(it->conn, call, path, it->name, out, &why);

		if (s == CIRRUS_E_IO && tries < USAGE_TRIES &&
		    fd_wait(-1, 0, call_cancel_fd(call),
			    clock_after_ms(USAGE_PAUSE_MS)) == FD_TIMEOUT)
			continue;
		if (s < 0)
			error_pass(err, &why, NULL);
		return s;
	}
}

cirrus_status cirrus_engine_instance_usage(cirrus_instance *it,
					   const struct cirrus_call *call,
					   struct cirrus_usage *out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s;

	/* One-shot: without the second that Docker takes to see a rate. */
	engine_path(it->conn, &path,
		    "/containers/%s/stats?stream=false&one-shot=true", it->id);
	s = get_usage(it, call, path.data, &o, &err);
	if (s < 0)
		return fault_report_as(call, s, &err);
	out->struct_size = sizeof(*out);
	out->user_ns = cj_int(o, "cpu_stats.cpu_usage.usage_in_usermode");
	out->system_ns = cj_int(o, "cpu_stats.cpu_usage.usage_in_kernelmode");
	out->memory_bytes = cj_int(o, "memory_stats.usage");
	out->memory_peak_bytes = cj_int(o, "memory_stats.max_usage");
	add_networks(o, out);
	add_disks(o, out);
	return CIRRUS_OK;
}
