/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/shell.h"

#include <stdlib.h>

#include "base/strv.h"

static void fill_env(struct strv *out, const struct environment *env)
{
	const char *term = getenv("TERM");

	for (size_t i = 0; i < env->len; i++)
		strv_pushf(out, "%s=%s", env->vars[i].name, env->vars[i].value);
	strv_pushf(out, "TERM=%s", term ? term : "dumb");
}

static cirrus_status run_shell(struct place *p, const struct environment *env,
			       const struct shell_terminal *t,
			       struct error **err)
{
	static const char *const argv[] = {
		"/bin/sh", "-c",
		"b=$(command -v bash) && exec \"$b\"; exec /bin/sh", NULL};
	AUTO_STRV struct strv variables = {0};
	struct call_options o = {.cancel_fd = p->scope->run->o->cancel_fd,
				 .scope = p->scope};
	struct cirrus_exit end = {.struct_size = sizeof(end)};
	struct cirrus_exec_spec spec = {.struct_size = sizeof(spec),
					.flags = CIRRUS_EXEC_TTY,
					.argv = argv,
					.workdir = p->working_dir,
					.stdin_fd = t->in,
					.stdout_fd = t->out,
					.stderr_fd = t->out,
					.tty_rows = t->rows,
					.tty_cols = t->columns};

	if (conn_can(p->scope->run->conn, CIRRUS_CAP_EXEC_RESIZE))
		spec.control_fd = t->control;
	fill_env(&variables, env);
	spec.env = (const char *const *)variables.v;
	return member_exec(p->member, &o, &spec, &end, err);
}

void shell_open(struct place *p, const struct environment *env)
{
	const struct run *run = p->scope->run;
	const struct shell_host *host = run->o->shell;
	AUTO_ERROR struct error *err = NULL;
	struct shell_terminal t;
	cirrus_status st;

	if (!host || host->begin(host->ctx, p->task->id, &t) < 0)
		return;
	p->scope->step = -1;
	st = run_shell(p, env, &t, &err);
	host->end(host->ctx);
	if (st != CIRRUS_OK && st != CIRRUS_E_CANCELLED)
		tell_message(&run->teller, p->task->id, -1, LEVEL_WARNING,
			     err->hint,
			     "cannot open a shell in the environment of task "
			     "\"%s\": %s",
			     p->task->name, err->msg);
}
