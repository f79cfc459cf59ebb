/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/conn.h"

#include <cirrus/sdk.h>
#include <string.h>

#include "backend/attempt.h"
#include "base/clock.h"

/* Why it is not there: what is wrong, and on a second line what to try. */
static void refused(const struct backend *b, const struct cirrus_probe *p,
		    struct error **err)
{
	size_t first = strcspn(p->reason, "\n");

	if (first == 0)
		error_set(err, ERR_BACKEND, "%s: not available", b->name);
	else
		error_set(err, ERR_BACKEND, "%s: %.*s", b->name, (int)first,
			  p->reason);
	if (p->reason[first] && p->reason[first + 1])
		error_hint(err, "%s", p->reason + first + 1);
}

cirrus_status conn_probe(const struct backend *b, const struct settings *s,
			 const struct call_options *o, struct cirrus_probe *out,
			 struct error **err)
{
	ABI_PADDED(struct cirrus_probe) area = {.area = {0}};
	struct attempt at;

	*out = (struct cirrus_probe){.struct_size = sizeof(*out), .score = 1};
	if (!b->table.probe)
		return CIRRUS_OK;
	area.s.struct_size = sizeof(area.s);
	attempt_init(&at, &b->table, "probe", o, ATTEMPT_ONCE);
	while (attempt_next(&at))
		at.status =
			b->table.probe(&at.call.padded.s, s->config, &area.s);
	*out = area.s;
	out->endpoint[sizeof(out->endpoint) - 1] = '\0';
	out->reason[sizeof(out->reason) - 1] = '\0';
	if (at.status == CIRRUS_OK && out->score <= 0) {
		at.status = CIRRUS_E_UNAVAIL;
		refused(b, out, &at.error);
	}
	return attempt_done(&at, err);
}

char *probe_text(const struct cirrus_probe *p)
{
	return xasprintf("%s%s%s", p->reason,
			 p->reason[0] && p->endpoint[0] ? " at " : "",
			 p->endpoint);
}

static cirrus_status system_info(struct conn *c, const struct call_options *o,
				 struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	struct cirrus_system_info *info = &c->info.s;
	struct attempt at;

	attempt_init(&at, t, "system_info", o, 0);
	while (attempt_next(&at)) {
		memset(&c->info, 0, sizeof(c->info));
		info->struct_size = sizeof(*info);
		at.status = t->system_info(c->handle, &at.call.padded.s,
					   c->kind->name, info);
	}
	for (size_t i = 0; i < ARRAY_LEN(c->capabilities); i++)
		c->capabilities[i] =
			c->kind->capabilities[i] & info->capabilities[i];
	return attempt_done(&at, err);
}

static cirrus_status open_handle(struct conn *c, const struct call_options *o,
				 struct error **err)
{
	const struct cirrus_backend *t = &c->backend->table;
	struct attempt at;

	attempt_init(&at, t, "open", o, ATTEMPT_ONCE);
	while (attempt_next(&at)) {
		at.status = t->open(&at.call.padded.s, c->settings.config,
				    &c->handle);
		if (at.status == CIRRUS_OK && !c->handle)
			at.status = CIRRUS_E_FAILED;
	}
	return attempt_done(&at, err);
}

int conn_open(struct backend *b, const struct cirrus_kind *kind,
	      struct settings *settings, const struct call_options *o,
	      struct conn **out, struct error **err)
{
	struct conn *c = xcalloc(1, sizeof(*c));

	c->backend = b;
	c->kind = kind;
	c->settings = *settings;
	*settings = (struct settings){0};
	if (open_handle(c, o, err) != CIRRUS_OK ||
	    system_info(c, o, err) != CIRRUS_OK) {
		conn_close(c, o);
		return -1;
	}
	*out = c;
	return 0;
}

void conn_close(struct conn *c, const struct call_options *o)
{
	struct attempt at;

	if (!c)
		return;
	if (c->handle) {
		attempt_init(&at, &c->backend->table, "close", o,
			     ATTEMPT_CLEANUP | ATTEMPT_ONCE);
		while (attempt_next(&at)) {
			c->backend->table.close(c->handle, &at.call.padded.s);
			at.status = CIRRUS_OK;
		}
		(void)attempt_done(&at, NULL);
	}
	settings_clear(&c->settings);
	free(c->endpoint);
	free(c);
}

const char *conn_name(const struct conn *c)
{
	return c->backend->name;
}

const struct cirrus_backend *conn_table(const struct conn *c)
{
	return &c->backend->table;
}

const char *conn_kind(const struct conn *c)
{
	return c->kind->name;
}

const char *conn_endpoint(struct conn *c)
{
	const struct call_options o = {
		.deadline_ns = clock_after_ms(2000),
	};
	struct cirrus_probe probe;

	if (!c->endpoint) {
		(void)conn_probe(c->backend, &c->settings, &o, &probe, NULL);
		c->endpoint = xstrdup(probe.endpoint);
	}
	return c->endpoint;
}

bool conn_can(const struct conn *c, unsigned int capability)
{
	return cirrus_cap_test(c->capabilities, capability) != 0;
}

const struct cirrus_system_info *conn_system_info(const struct conn *c)
{
	return &c->info.s;
}
