/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/sidecars.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "run/sidecar.h"
#include "run/step.h"
#include "run/variables.h"

/* What is shown of a log: its end says what went wrong. */
#define LOG_TAIL (256u * 1024)

/* --- what is asked for --------------------------------------------------------- */

/* Its own variables, which may refer to the task's. */
static void make_env(struct sidecar *s)
{
	const struct pairs *given = &s->c->environment;
	AUTO_ENVIRONMENT struct environment own = {0};

	for (size_t i = 0; i < given->len; i++)
		environment_set(&own, given->v[i].key, given->v[i].value);
	(void)variables_expand(&own, &s->all->env);
	for (size_t i = 0; i < own.len; i++) {
		if (environment_is_secret(own.vars[i].name))
			secrets_add(s->all->scope->run->teller.secrets,
				    own.vars[i].value);
		strv_pushf(&s->env, "%s=%s", own.vars[i].name,
			   own.vars[i].value);
	}
	for (const char *const *word = s->c->command; *word; word++)
		strv_push_steal(
			&s->command,
			variables_expand_text(*word, &own, &s->all->env));
}

static void make_ports(struct sidecar *s)
{
	const struct additional_container *c = s->c;

	s->ports = xcalloc(c->n_ports + 1, sizeof(*s->ports));
	s->port_list = xcalloc(c->n_ports + 1, sizeof(*s->port_list));
	for (size_t i = 0; i < c->n_ports; i++) {
		struct cirrus_port *p = &s->ports[s->spec.n_ports];

		if (!c->ports[i].host_port)
			continue;
		*p = (struct cirrus_port){
			.struct_size = sizeof(*p),
			.inside = (uint16_t)c->ports[i].container_port,
			.outside = (uint16_t)c->ports[i].host_port};
		s->port_list[s->spec.n_ports++] = p;
	}
	s->spec.ports = s->port_list;
}

static int64_t at_most(int64_t wanted, int64_t most)
{
	return most > 0 && wanted > most ? most : wanted;
}

static void make_limits(struct sidecar *s)
{
	struct conn *conn = s->all->scope->run->conn;
	const struct cirrus_system_info *info = conn_system_info(conn);

	if (conn_can(conn, CIRRUS_CAP_CPU_LIMIT))
		s->spec.nano_cpus = at_most((int64_t)((double)s->c->cpu * 1e9),
					    info->cpus * INT64_C(1000000000));
	if (conn_can(conn, CIRRUS_CAP_MEMORY_LIMIT))
		s->spec.memory_bytes = at_most((int64_t)s->c->memory_mib << 20,
					       info->memory_bytes);
}

static void make_spec(struct sidecar *s, const struct container *main)
{
	struct run *run = s->all->scope->run;

	s->image = (struct container){.image = s->c->image,
				      .platform = main->platform,
				      .architecture = main->architecture};
	make_env(s);
	s->spec = (struct cirrus_instance_spec){
		.struct_size = sizeof(s->spec),
		.name = s->c->name,
		.image = s->c->image,
		.platform = platform_spec(&s->platform, run->conn, main),
		.env = (const char *const *)s->env.v,
		.command = s->command.len ? (const char *const *)s->command.v
					  : NULL,
		.pull_policy = run->o->pull == PULL_NEVER
				       ? CIRRUS_PULL_NEVER
				       : CIRRUS_PULL_MISSING};
	if (s->c->privileged)
		s->spec.flags |= CIRRUS_INSTANCE_PRIVILEGED;
	make_ports(s);
	make_limits(s);
}

struct sidecars *sidecars_new(struct scope *scope, const struct container *c,
			      const struct environment *env)
{
	struct sidecars *s;

	if (c->n_additional == 0)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->scope = scope;
	s->halt[0] = s->halt[1] = -1;
	environment_merge(&s->env, env);
	s->len = c->n_additional;
	s->v = xcalloc(s->len, sizeof(*s->v));
	for (size_t i = 0; i < s->len; i++) {
		s->v[i].all = s;
		s->v[i].c = &c->additional[i];
		make_spec(&s->v[i], c);
	}
	return s;
}

void sidecars_free(struct sidecars *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->len; i++) {
		strv_clear(&s->v[i].env);
		strv_clear(&s->v[i].command);
		free(s->v[i].ports);
		free(s->v[i].port_list);
	}
	fd_close(&s->halt[0]);
	fd_close(&s->halt[1]);
	environment_clear(&s->env);
	free(s->v);
	free(s);
}

size_t sidecars_count(const struct sidecars *s)
{
	return s ? s->len : 0;
}

const struct cirrus_instance_spec *sidecars_spec(const struct sidecars *s,
						 size_t i)
{
	return &s->v[i].spec;
}

const struct container *sidecars_image(const struct sidecars *s, size_t i)
{
	return &s->v[i].image;
}

/* --- from start to end ------------------------------------------------------------ */

void sidecars_adopt(struct sidecars *s, struct member *const *members)
{
	for (size_t i = 0; i < sidecars_count(s); i++)
		s->v[i].member = members[i];
}

static void *watch(void *arg)
{
	struct sidecar *s = arg;
	struct call_options o = {.cancel_fd = s->all->halt[0],
				 .scope = s->all->scope};
	struct cirrus_exit end = {.struct_size = sizeof(end)};

	if (member_wait(s->member, &o, &end, NULL) == CIRRUS_OK) {
		s->end = end;
		atomic_store(&s->ended, true);
	}
	return NULL;
}

static int start(struct sidecar *s, struct error **err)
{
	struct call_options o = {.cancel_fd = s->all->scope->run->o->cancel_fd,
				 .deadline_ns = clock_after_ms(START_MS),
				 .scope = s->all->scope};
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};

	if (member_start(s->member, &o, &spec, err) != CIRRUS_OK) {
		error_prefix(err, "additional container \"%s\"", s->c->name);
		return -1;
	}
	s->watched = conn_table(s->all->scope->run->conn)->instance_wait &&
		     pthread_create(&s->watcher, NULL, watch, s) == 0;
	return 0;
}

int sidecars_up(struct sidecars *s, struct member *main, struct error **err)
{
	if (!s)
		return 0;
	if (fd_pipe(s->halt, err) < 0)
		return -1;
	for (size_t i = 0; i < s->len; i++)
		if (start(&s->v[i], err) < 0)
			return -1;
	return sidecars_await(s, main, err);
}

char *sidecar_ending(const struct sidecar *s)
{
	if (s->end.flags & CIRRUS_EXIT_OOM)
		return xstrdup("out of memory");
	if (s->end.flags & CIRRUS_EXIT_SIGNALED)
		return xasprintf("signal %d", s->end.signal);
	return xasprintf("status %d", s->end.code);
}

static void unwatch(struct sidecars *s)
{
	fd_close(&s->halt[1]);
	for (size_t i = 0; i < s->len; i++) {
		if (s->v[i].watched)
			pthread_join(s->v[i].watcher, NULL);
		s->v[i].watched = false;
	}
}

/* --- logs --------------------------------------------------------------------------- */

static cirrus_status take(void *ctx, int32_t stream, const void *data,
			  size_t len)
{
	struct buf *tail = ctx;
	const char *from = data;

	(void)stream;
	if (len > LOG_TAIL) {
		from += len - LOG_TAIL;
		len = LOG_TAIL;
	}
	buf_add(tail, from, len);
	if (tail->len > LOG_TAIL)
		buf_consume(tail, tail->len - LOG_TAIL);
	return CIRRUS_OK;
}

static void show(struct sidecar *s, struct step *step)
{
	AUTO_BUF struct buf tail = BUF_INIT(2 * LOG_TAIL);
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *ending = NULL;
	struct call_options o = {.deadline_ns = clock_after_ms(CLEAN_MS),
				 .scope = s->all->scope};
	struct cirrus_logs_spec spec = {.struct_size = sizeof(spec),
					.flags = CIRRUS_LOGS_NO_FOLLOW};
	struct cirrus_writer writer = {&tail, take};

	if (member_logs(s->member, &o, &spec, &writer, &err) != CIRRUS_OK)
		tell_message(step->teller, step->task, step->number,
			     LEVEL_WARNING, err->hint, "%s", err->msg);
	step_write(step, tail.data, tail.len);
	if (atomic_load(&s->ended)) {
		ending = sidecar_ending(s);
		step_say(step, "The container ended with %s!", ending);
	}
}

void sidecars_show_logs(struct sidecars *s, int *step)
{
	struct step_result r = {.status = STATUS_SUCCEEDED};

	for (size_t i = 0; i < sidecars_count(s); i++) {
		struct run *run = s->scope->run;
		AUTO_FREE char *title =
			xasprintf("log of container '%s'", s->v[i].c->name);
		struct step one;

		if (!s->v[i].member || !conn_can(run->conn, CIRRUS_CAP_LOGS))
			continue;
		s->scope->step = *step;
		step_begin(&one, &run->teller, run->logs, s->scope->task,
			   (*step)++, STEP_OTHER, title);
		show(&s->v[i], &one);
		step_end(&one, &r);
	}
}

/* --- removal ------------------------------------------------------------------------ */

static void tell_left(const struct sidecar *s, const char *why)
{
	struct call_options o = {.deadline_ns = clock_after_ms(QUICK_MS),
				 .scope = s->all->scope};
	struct cirrus_instance_info info = {.struct_size = sizeof(info)};
	AUTO_FREE char *hint = NULL;

	if (member_info(s->member, &o, &info, NULL) != CIRRUS_OK)
		info.remove[0] = '\0';
	hint = xasprintf("to remove it: %s",
			 info.remove[0] ? info.remove : "cirrus clean");
	tell_message(&s->all->scope->run->teller, -1, -1, LEVEL_WARNING, hint,
		     "additional container \"%s\" is left behind: %s",
		     s->c->name, why);
}

static void drop(struct sidecar *s, bool keep)
{
	AUTO_ERROR struct error *err = NULL;
	struct call_options o = {.scope = s->all->scope};

	if (!s->member)
		return;
	for (int tries = 0; !keep && tries < 2; tries++) {
		o.deadline_ns = clock_after_ms(CLEAN_MS);
		error_free_ptr(&err);
		if (member_delete(s->member, &o, &err) == CIRRUS_OK)
			return;
	}
	tell_left(s, keep ? "--keep" : err->msg);
	member_release(s->member);
}

static void drop_all(struct sidecars *s, bool keep)
{
	for (size_t i = s->len; i > 0; i--) {
		drop(&s->v[i - 1], keep);
		s->v[i - 1].member = NULL;
	}
}

void sidecars_discard(struct sidecars *s)
{
	if (s)
		drop_all(s, false);
}

void sidecars_down(struct sidecars *s, bool keep)
{
	if (!s)
		return;
	unwatch(s);
	drop_all(s, keep);
}
