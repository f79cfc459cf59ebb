/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/each.h"

#include <string.h>

#include "base/clock.h"
#include "files/unpack.h"
#include "run/script.h"
#include "run/variables.h"

#define VARIABLES "variables" /* the CIRRUS_ENV file, in PLACE_BASE */

static bool can(const struct place *p, unsigned int capability)
{
	return conn_can(p->scope->run->conn, capability);
}

/* --- commands ---------------------------------------------------------------- */

void each_files(struct archive_source *files)
{
	archive_source_file(files, PLACE_BASE "/" VARIABLES + 1, "", 0, 0666);
}

int each_script(struct strv *argv, const struct environment *env,
		const char *file, struct error **err)
{
	const char *shell = environment_get(env, "CIRRUS_SHELL");

	if (shell && script_words(shell, argv, err) < 0) {
		error_prefix(err, "CIRRUS_SHELL");
		return -1;
	}
	if (argv->len == 0) {
		strv_push(argv, "/bin/sh");
		strv_push(argv, "-c");
		strv_push(argv, "b=$(command -v bash) && exec \"$b\" \"$0\"; "
				"exec /bin/sh \"$0\"");
	}
	strv_pushf(argv, "%s/%s", PLACE_BASE, file);
	return 0;
}

static void fill_env(struct strv *out, const struct environment *env)
{
	for (size_t i = 0; env && i < env->len; i++) {
		AUTO_FREE char *value = variables_literal(env->vars[i].value);

		strv_pushf(out, "%s=%s", env->vars[i].name, value);
	}
	if (env)
		strv_push(out, "CIRRUS_ENV=" PLACE_BASE "/" VARIABLES);
	if (env && !environment_get(env, "OS"))
		strv_pushf(out, "OS=%s", environment_get(env, "CIRRUS_OS"));
}

/* --- the CIRRUS_ENV file ------------------------------------------------------ */

static cirrus_status collect(void *ctx, int32_t stream UNUSED, const void *data,
			     size_t len)
{
	struct buf *tar = ctx;

	buf_add(tar, data, len);
	return tar->overflow ? CIRRUS_E_IO : CIRRUS_OK;
}

static int empty_variables(struct place *p, struct error **err)
{
	struct archive_source *files = archive_source_new();
	int r;

	each_files(files);
	r = place_copy_in(p, files, err);
	archive_source_free(files);
	return r;
}

/* What the command handed on, which is taken only once. */
static int take_variables(struct place *p, struct buf *body, struct error **err)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *cause = NULL;
	static const char *const paths[] = {VARIABLES, NULL};
	struct cirrus_copy_spec spec = {
		.struct_size = sizeof(spec), .dir = PLACE_BASE, .paths = paths};
	struct cirrus_writer writer = {&tar, collect};
	struct call_options o = {.deadline_ns = clock_after_ms(CLEAN_MS),
				 .scope = p->scope};
	cirrus_status st =
		member_copy_out(p->member, &o, &spec, &writer, &cause);

	if (st == CIRRUS_E_NOTFOUND)
		return 0; /* removed by the script */
	if (st != CIRRUS_OK) {
		error_pass(err, &cause, "cannot read the CIRRUS_ENV file");
		return -1;
	}
	if (unpack_file(tar.data, tar.len, body, err) < 0)
		return -1;
	return body->len > 0 ? empty_variables(p, err) : 0;
}

/* --- execs -------------------------------------------------------------------- */

static cirrus_status exec(struct place *p, const struct each_job *job,
			  struct cirrus_exit *end, struct error **err)
{
	AUTO_STRV struct strv env = {0};
	int out = session_stdout(p->session);
	struct cirrus_exec_spec spec = {
		.struct_size = sizeof(spec),
		.argv = (const char *const *)job->argv->v,
		.workdir = job->env ? p->working_dir : NULL,
		.stdout_fd = out,
		.stderr_fd = out};
	struct call_options o = {.cancel_fd = p->scope->run->o->cancel_fd,
				 .deadline_ns = job->deadline_ns,
				 .scope = p->scope};

	fill_env(&env, job->env);
	spec.env = (const char *const *)env.v;
	if (can(p, CIRRUS_CAP_EXEC_KILL_REST) && job->env &&
	    !environment_get(job->env, "CIRRUS_ESCAPING_PROCESSES"))
		spec.flags |= CIRRUS_EXEC_KILL_REST;
	return member_exec(p->member, &o, &spec, end, err);
}

/* Whether the shell itself is what could not be run. */
static bool lacks_shell(struct place *p, const struct strv *argv)
{
	static const char *const nothing[] = {"/bin/sh", "-c", ":", NULL};
	struct cirrus_exec_spec spec = {.struct_size = sizeof(spec),
					.argv = nothing};
	struct call_options o = {.deadline_ns = clock_after_ms(CLEAN_MS),
				 .scope = p->scope};
	struct cirrus_exit end = {.struct_size = sizeof(end)};
	cirrus_status st;

	if (strcmp(argv->v[0], "/bin/sh") != 0)
		return false;
	st = member_exec(p->member, &o, &spec, &end, NULL);
	return st == CIRRUS_E_NOTFOUND || st == CIRRUS_E_INVAL ||
	       (st == CIRRUS_OK && (end.code == 127 || end.code == 126));
}

/* A command that is not there: backends may say it either way. */
static cirrus_status settle(struct place *p, const struct each_job *job,
			    cirrus_status st, struct cirrus_exit *end,
			    struct error **err)
{
	if (st == CIRRUS_E_NOTFOUND || st == CIRRUS_E_INVAL) {
		end->code = st == CIRRUS_E_NOTFOUND ? 127 : 126;
		if (job->step)
			step_write(job->step, (*err)->msg, strlen((*err)->msg));
		error_free_ptr(err);
		st = CIRRUS_OK;
	}
	if (st != CIRRUS_OK || (end->code != 127 && end->code != 126) ||
	    !lacks_shell(p, job->argv))
		return st;
	place_lacks_shell(p, err);
	return CIRRUS_E_FAILED;
}

static enum session_state state_of(cirrus_status st)
{
	switch (st) {
	case CIRRUS_OK:
		return SESSION_DONE;
	case CIRRUS_E_TIMEOUT:
		return SESSION_TIMEOUT;
	case CIRRUS_E_CANCELLED:
		return SESSION_CANCELLED;
	default:
		return SESSION_LOST;
	}
}

enum session_state each_run(struct place *p, const struct each_job *job,
			    struct session_result *result, struct error **err)
{
	AUTO_BUF struct buf body = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *cause = NULL;
	struct cirrus_exit end = {.struct_size = sizeof(end)};
	bool died;
	cirrus_status st;

	session_expect(p->session, job->step);
	st = exec(p, job, &end, &cause);
	st = settle(p, job, st, &end, &cause);
	if (st == CIRRUS_OK && take_variables(p, &body, &cause) < 0)
		st = CIRRUS_E_FAILED;
	died = end.flags & CIRRUS_EXIT_SIGNALED;
	session_answer(p->session, died ? 128 + end.signal : end.code, died,
		       &body);
	if (session_wait(p->session, -1, clock_after_ms(CLEAN_MS), result) !=
	    SESSION_DONE) {
		error_free_ptr(&cause);
		error_set(&cause, ERR_LOST, "no end of the output");
		st = CIRRUS_E_LOST;
	}
	if (state_of(st) == SESSION_LOST)
		error_pass(err, &cause, "cannot run it");
	return state_of(st);
}

enum session_state each_environ(struct place *p, int64_t deadline_ns,
				struct session_result *result)
{
	AUTO_STRV struct strv argv = {0};
	AUTO_ERROR struct error *waste = NULL;
	struct each_job job = {.argv = &argv, .deadline_ns = deadline_ns};

	strv_push(&argv, "/bin/sh");
	strv_push(&argv, "-c");
	strv_push(&argv, "tr '\\000' '\\001' </proc/$$/environ >" PLACE_BASE
			 "/" VARIABLES);
	return each_run(p, &job, result, &waste);
}

int each_write(struct place *p, const char *path, const char *text,
	       struct error **err)
{
	AUTO_FREE char *full =
		*path == '/' ? xstrdup(path)
			     : xasprintf("%s/%s", p->working_dir, path);
	struct archive_source *files = archive_source_new();
	int r;

	archive_source_file(files, full + 1, text, strlen(text), 0644);
	r = place_copy_in(p, files, err);
	archive_source_free(files);
	return r;
}
