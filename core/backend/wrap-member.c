/* SPDX-License-Identifier: MIT */
/* What is done with an environment, from its start to its end. */
#include "config.h"

#include <string.h>

#include "backend/attempt.h"
#include "backend/guard.h"
#include "backend/need.h"
#include "base/clock.h"

static const struct cirrus_backend *table_of(const struct member *m)
{
	return &m->conn->backend->table;
}

void member_release(struct member *m)
{
	if (!m)
		return;
	table_of(m)->instance_release(m->handle);
	free(m);
}

cirrus_status member_info(struct member *m, const struct call_options *o,
			  struct cirrus_instance_info *out, struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	ABI_PADDED(struct cirrus_instance_info) area = {.area = {0}};
	struct attempt at;

	if (need_op(m->conn, t->instance_info != NULL, "instance_info", err))
		return CIRRUS_E_NOTSUP;
	area.s.struct_size = sizeof(area.s);
	attempt_init(&at, t, "instance_info", o, 0);
	while (attempt_next(&at))
		at.status =
			t->instance_info(m->handle, &at.call.padded.s, &area.s);
	*out = area.s;
	return attempt_done(&at, err);
}

static bool given(int32_t fd)
{
	return fd > 2;
}

cirrus_status member_start(struct member *m, const struct call_options *o,
			   const struct cirrus_start_spec *spec,
			   struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	const struct cirrus_start_spec none = {0};
	const struct cirrus_start_spec *s = spec ? spec : &none;
	const struct need needs[] = {
		{given(s->stdin_fd) || given(s->stdout_fd) ||
			 given(s->stderr_fd) || given(s->control_fd),
		 CIRRUS_CAP_START_STDIO},
	};
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (NEED_ALL(m->conn, needs, err) ||
	    need_understood(m->conn, s->required, err))
		return CIRRUS_E_NOTSUP;
	attempt_init(&at, t, "instance_start", o, 0);
	while (attempt_next(&at))
		at.status = t->instance_start(m->handle, &at.call.padded.s,
					      PADDED(&a, s));
	return attempt_done(&at, err);
}

cirrus_status member_wait(struct member *m, const struct call_options *o,
			  struct cirrus_exit *out, struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	ABI_PADDED(struct cirrus_exit) area = {.area = {0}};
	struct attempt at;

	if (need_op(m->conn, t->instance_wait != NULL, "instance_wait", err))
		return CIRRUS_E_NOTSUP;
	area.s.struct_size = sizeof(area.s);
	attempt_init(&at, t, "instance_wait", o, 0);
	while (attempt_next(&at))
		at.status =
			t->instance_wait(m->handle, &at.call.padded.s, &area.s);
	*out = area.s;
	return attempt_done(&at, err);
}

cirrus_status member_logs(struct member *m, const struct call_options *o,
			  const struct cirrus_logs_spec *spec,
			  const struct cirrus_writer *writer,
			  struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	const struct need needs[] = {{true, CIRRUS_CAP_LOGS}};
	AUTO_ARENA struct arena a = {0};
	struct guarded_writer guard;
	struct attempt at;

	if (NEED_ALL(m->conn, needs, err) ||
	    need_op(m->conn, t->instance_logs != NULL, "instance_logs", err) ||
	    need_understood(m->conn, spec->required, err))
		return CIRRUS_E_NOTSUP;
	guard_writer(&guard, writer);
	attempt_init(&at, t, "instance_logs", o, 0);
	while (attempt_next(&at))
		at.status = t->instance_logs(m->handle, &at.call.padded.s,
					     PADDED(&a, spec), &guard.pub);
	return attempt_done(&at, err);
}

static cirrus_status check_exec(const struct conn *c,
				const struct cirrus_exec_spec *s,
				struct error **err)
{
	const struct need needs[] = {
		{s->user != NULL, CIRRUS_CAP_EXEC_USER},
		{given(s->stdin_fd), CIRRUS_CAP_EXEC_STDIN},
		/* One of two thrown away is kept apart, too. */
		{s->stdout_fd != s->stderr_fd &&
			 (given(s->stdout_fd) || given(s->stderr_fd)),
		 CIRRUS_CAP_EXEC_SPLIT},
		{s->flags & CIRRUS_EXEC_TTY, CIRRUS_CAP_EXEC_TTY},
		{s->flags & CIRRUS_EXEC_KILL_REST, CIRRUS_CAP_EXEC_KILL_REST},
		{given(s->control_fd) && !conn_can(c, CIRRUS_CAP_EXEC_RESIZE),
		 CIRRUS_CAP_EXEC_SIGNAL},
	};

	if (NEED_ALL(c, needs, err))
		return CIRRUS_E_NOTSUP;
	return need_understood(c, s->required, err);
}

cirrus_status member_exec(struct member *m, const struct call_options *o,
			  const struct cirrus_exec_spec *spec,
			  struct cirrus_exit *out, struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	ABI_PADDED(struct cirrus_exit) area = {.area = {0}};
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (check_exec(m->conn, spec, err))
		return CIRRUS_E_NOTSUP;
	area.s.struct_size = sizeof(area.s);
	attempt_init(&at, t, "instance_exec", o, 0);
	while (attempt_next(&at))
		at.status = t->instance_exec(m->handle, &at.call.padded.s,
					     PADDED(&a, spec), &area.s);
	*out = area.s;
	return attempt_done(&at, err);
}

cirrus_status member_copy_in(struct member *m, const struct call_options *o,
			     const struct cirrus_copy_spec *spec,
			     const struct cirrus_reader *tar,
			     struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	const struct need needs[] = {
		{spec->owner != NULL, CIRRUS_CAP_COPY_OWNER},
	};
	AUTO_ARENA struct arena a = {0};
	struct guarded_reader guard;
	struct attempt at;

	if (NEED_ALL(m->conn, needs, err) ||
	    need_understood(m->conn, spec->required, err))
		return CIRRUS_E_NOTSUP;
	guard_reader(&guard, tar);
	attempt_init(&at, t, "instance_copy_in", o, 0);
	at.taken = &guard.taken;
	while (attempt_next(&at))
		at.status = t->instance_copy_in(m->handle, &at.call.padded.s,
						PADDED(&a, spec), &guard.pub);
	return attempt_done(&at, err);
}

cirrus_status member_copy_out(struct member *m, const struct call_options *o,
			      const struct cirrus_copy_spec *spec,
			      const struct cirrus_writer *tar,
			      struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	AUTO_ARENA struct arena a = {0};
	struct guarded_writer guard;
	struct attempt at;

	if (need_understood(m->conn, spec->required, err))
		return CIRRUS_E_NOTSUP;
	guard_writer(&guard, tar);
	attempt_init(&at, t, "instance_copy_out", o, 0);
	while (attempt_next(&at))
		at.status = t->instance_copy_out(m->handle, &at.call.padded.s,
						 PADDED(&a, spec), &guard.pub);
	return attempt_done(&at, err);
}

cirrus_status member_snapshot(struct member *m, const struct call_options *o,
			      const struct cirrus_snapshot_spec *spec,
			      struct cirrus_image_info *out, struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	const struct need needs[] = {{true, CIRRUS_CAP_SNAPSHOT}};
	ABI_PADDED(struct cirrus_image_info) area = {.area = {0}};
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (NEED_ALL(m->conn, needs, err) ||
	    need_op(m->conn, t->instance_snapshot != NULL, "instance_snapshot",
		    err) ||
	    need_understood(m->conn, spec->required, err))
		return CIRRUS_E_NOTSUP;
	area.s.struct_size = sizeof(area.s);
	attempt_init(&at, t, "instance_snapshot", o, 0);
	while (attempt_next(&at))
		at.status = t->instance_snapshot(m->handle, &at.call.padded.s,
						 PADDED(&a, spec), &area.s);
	*out = area.s;
	return attempt_done(&at, err);
}

cirrus_status member_dial(struct member *m, const struct call_options *o,
			  const struct cirrus_dial_spec *spec,
			  struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	const struct need needs[] = {{true, CIRRUS_CAP_DIAL}};
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (NEED_ALL(m->conn, needs, err) ||
	    need_op(m->conn, t->instance_dial != NULL, "instance_dial", err) ||
	    need_understood(m->conn, spec->required, err))
		return CIRRUS_E_NOTSUP;
	/* Who asks whether a port is open wants to know now. */
	attempt_init(&at, t, "instance_dial", o, ATTEMPT_ONCE);
	while (attempt_next(&at))
		at.status = t->instance_dial(m->handle, &at.call.padded.s,
					     PADDED(&a, spec));
	return attempt_done(&at, err);
}

cirrus_status member_expose(struct member *m, const struct call_options *o,
			    const struct cirrus_expose_spec *spec,
			    struct cirrus_expose_info *out, struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	const struct need needs[] = {{true, CIRRUS_CAP_EXPOSE}};
	ABI_PADDED(struct cirrus_expose_info) area = {.area = {0}};
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (NEED_ALL(m->conn, needs, err) ||
	    need_op(m->conn, t->instance_expose != NULL, "instance_expose",
		    err) ||
	    need_understood(m->conn, spec->required, err))
		return CIRRUS_E_NOTSUP;
	area.s.struct_size = sizeof(area.s);
	attempt_init(&at, t, "instance_expose", o, 0);
	while (attempt_next(&at))
		at.status = t->instance_expose(m->handle, &at.call.padded.s,
					       PADDED(&a, spec), &area.s);
	*out = area.s;
	return attempt_done(&at, err);
}

cirrus_status member_usage(struct member *m, const struct call_options *o,
			   struct cirrus_usage *out, struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	const struct need needs[] = {{true, CIRRUS_CAP_USAGE}};
	ABI_PADDED(struct cirrus_usage) area = {.area = {0}};
	struct attempt at;

	if (NEED_ALL(m->conn, needs, err) ||
	    need_op(m->conn, t->instance_usage != NULL, "instance_usage", err))
		return CIRRUS_E_NOTSUP;
	area.s.struct_size = sizeof(area.s);
	attempt_init(&at, t, "instance_usage", o, ATTEMPT_ONCE);
	while (attempt_next(&at))
		at.status = t->instance_usage(m->handle, &at.call.padded.s,
					      &area.s);
	*out = area.s;
	return attempt_done(&at, err);
}

/* --- its end ------------------------------------------------------------------ */

cirrus_status member_stop(struct member *m, const struct call_options *o,
			  const struct cirrus_stop_spec *spec,
			  struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	AUTO_ARENA struct arena a = {0};
	struct attempt at;

	if (need_op(m->conn, t->instance_stop != NULL, "instance_stop", err) ||
	    need_understood(m->conn, spec->required, err))
		return CIRRUS_E_NOTSUP;
	attempt_init(&at, t, "instance_stop", o, ATTEMPT_CLEANUP);
	at.options.deadline_ns += spec->grace_ms * NS_PER_MS;
	while (attempt_next(&at))
		at.status = t->instance_stop(m->handle, &at.call.padded.s,
					     PADDED(&a, spec));
	return attempt_done(&at, err);
}

cirrus_status member_delete(struct member *m, const struct call_options *o,
			    struct error **err)
{
	const struct cirrus_backend *t = table_of(m);
	struct attempt at;
	cirrus_status status;

	attempt_init(&at, t, "instance_delete", o, ATTEMPT_CLEANUP);
	while (attempt_next(&at))
		at.status = t->instance_delete(m->handle, &at.call.padded.s);
	status = attempt_done(&at, err);
	if (status == CIRRUS_OK)
		free(m);
	return status;
}
